package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Hello;
import dev.quantgate.worker.api.WorkerDirectory.ConnectedWorker;
import dev.quantgate.worker.api.WorkerStatus;
import dev.quantgate.worker.bus.WorkerLink.State;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The workers that a gateway has heard of, and how long each has been silent. Confined to the gateway's context, but
 * for {@link #connected()}.
 */
final class Roster {
    private final Gateway gateway;
    private final Consumer<WorkerLink> pinger;
    private final Runnable changed;
    private final Clock clock;
    private final Map<String, Entry> entries = new TreeMap<>();
    private volatile List<ConnectedWorker> connected = List.of();

    /**
     * Makes an empty roster.
     *
     * @param pinger called with a worker that is to be pinged
     * @param changed called after each change of {@link #connected()} or of a status in it
     */
    Roster(Gateway gateway, Consumer<WorkerLink> pinger, Runnable changed, Clock clock) {
        this.gateway = gateway;
        this.pinger = pinger;
        this.changed = changed;
        this.clock = clock;
    }

    /** Workers that have answered, ordered by id; lost ones are among them for a while. Thread-safe. */
    List<ConnectedWorker> connected() {
        return connected;
    }

    void hello(Hello hello) {
        var id = hello.getStatus().getId();
        var known = entries.get(id);
        if (known != null && known.link.address().equals(hello.getAddress())) {
            if (hello.getLeaving()) {
                lose(known, State.GONE, "left");
            }
        } else if (!hello.getLeaving()) {
            if (known != null) {
                lose(known, State.GONE, "was replaced");
            }
            var entry = new Entry(new WorkerLink(hello, clock.instant()));
            entries.put(id, entry);
            pinger.accept(entry.link);
        }
    }

    void pong(WorkerLink link, WorkerStatus status) {
        var entry = find(link);
        if (entry == null || link.state() == State.GONE) {
            return;
        }
        entry.silence = Duration.ZERO;
        var news = link.state() != State.CONNECTED || !link.status().equals(status);
        link.report(status);
        link.become(State.CONNECTED);
        if (news) {
            publish();
        }
    }

    /** True while pings to a worker that has not answered yet are worth repeating soon. */
    boolean awaits(WorkerLink link) {
        return find(link) != null && link.state() == State.CANDIDATE;
    }

    /** Counts silence; loses and forgets workers that have been silent for too long. */
    void tick(Duration elapsed, boolean pingsDue) {
        for (var entry : List.copyOf(entries.values())) {
            entry.silence = entry.silence.plus(elapsed);
            switch (entry.link.state()) {
                case CANDIDATE -> {
                    if (silentFor(entry, gateway.liveness().lossTimeout())) {
                        entries.remove(entry.link.workerId());
                    }
                }
                case CONNECTED -> {
                    if (silentFor(entry, gateway.liveness().lossTimeout())) {
                        lose(entry, State.LOST, "stopped to answer");
                    }
                }
                case LOST, GONE -> {
                    if (silentFor(entry, gateway.liveness().removal())) {
                        entries.remove(entry.link.workerId());
                        publish();
                    }
                }
            }
            if (pingsDue && answersPings(entry.link)) {
                pinger.accept(entry.link);
            }
        }
    }

    void nodeLeft(String nodeId) {
        for (var entry : List.copyOf(entries.values())) {
            if (!nodeId.isEmpty() && nodeId.equals(entry.link.nodeId())) {
                lose(entry, State.GONE, "died");
            }
        }
    }

    /** Loses and forgets everybody. */
    void clear() {
        for (var entry : entries.values()) {
            entry.link.become(State.GONE);
        }
        entries.clear();
        connected = List.of();
    }

    private void lose(Entry entry, State state, String how) {
        var wasLost = entry.link.lost();
        entry.link.become(state);
        if (wasLost) {
            return;
        }
        entry.silence = Duration.ZERO;
        gateway.inFlight()
                .failAll(
                        exchange -> exchange.link() == entry.link,
                        Failures.unavailable("worker " + entry.link.workerId() + " " + how));
        publish();
    }

    private void publish() {
        var next = new ArrayList<ConnectedWorker>();
        for (var entry : entries.values()) {
            var link = entry.link;
            if (link.state() != State.CANDIDATE) {
                next.add(new ConnectedWorker(entry.client, link.heardAt(), link.lost(), link.embedded()));
            }
        }
        connected = List.copyOf(next);
        changed.run();
    }

    private @Nullable Entry find(WorkerLink link) {
        var entry = entries.get(link.workerId());
        return entry != null && entry.link == link ? entry : null;
    }

    private static boolean answersPings(WorkerLink link) {
        return switch (link.state()) {
            // A candidate has a ping under way, and leaves the roster if that is not answered.
            case CANDIDATE, GONE -> false;
            case CONNECTED, LOST -> true;
        };
    }

    private static boolean silentFor(Entry entry, Duration limit) {
        return entry.silence.compareTo(limit) >= 0;
    }

    private final class Entry {
        final WorkerLink link;
        final WorkerClient client;
        Duration silence = Duration.ZERO;

        Entry(WorkerLink link) {
            this.link = link;
            this.client = new WorkerClient(gateway, link);
        }
    }
}
