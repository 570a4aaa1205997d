package dev.quantgate.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.store.ModelFolder;
import dev.quantgate.worker.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeasesTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path root;

    private ModelFolder model;
    private final Leases first = new Leases("first", LONG, Clock.systemUTC());
    private final Leases second = new Leases("second", LONG, Clock.systemUTC());

    @BeforeEach
    void makeModel() throws IOException {
        model = new ModelFolder(Files.createDirectories(root.resolve("m")));
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    @Test
    void oneOwnerAtATimeAndTheEpochRises() throws Exception {
        var one = first.tryAcquire(model, "a").orElseThrow();

        assertThat(second.tryAcquire(model, "b")).isEmpty();
        assertThat(first.tryAcquire(model, "again")).isEmpty();
        one.close();
        var two = second.tryAcquire(model, "b").orElseThrow();
        assertThat(two.epoch()).isEqualTo(one.epoch() + 1);
    }

    @Test
    void renewalKeepsTheLeaseBeyondItsTime() throws Exception {
        try (var brief = new Leases("brief", SHORT, Clock.systemUTC())) {
            var lease = brief.tryAcquire(model, "a").orElseThrow();
            var expires = LeaseState.read(model.path().resolve("state.lease"))
                    .orElseThrow()
                    .expires();

            Await.until(() -> Clock.systemUTC().instant().isAfter(expires.plus(SHORT)));

            assertThat(second.tryAcquire(model, "b")).isEmpty();
            assertThat(lease.isLost()).isFalse();
        }
    }

    @Test
    void anOwnerThatStopsRenewingIsReplacedAndFenced() throws Exception {
        var stalled = new Leases("stalled", SHORT, Clock.systemUTC());
        var old = stalled.tryAcquire(model, "a").orElseThrow();
        stalled.close();
        var taken = new ArrayList<Lease>();
        Await.until(() -> {
            second.tryAcquire(model, "b").ifPresent(taken::add);
            return !taken.isEmpty();
        });

        assertThatThrownBy(() -> old.commit(() -> Files.createFile(root.resolve("published"))))
                .isInstanceOfSatisfying(
                        WorkerException.class,
                        refused -> assertThat(refused.failure().kind()).isEqualTo(FailureKind.FENCED));
        assertThat(root.resolve("published")).doesNotExist();
        old.close();
        assertThat(taken.get(0).commit(() -> "still mine")).isEqualTo("still mine");
    }

    @Test
    void aLostLeaseTellsItsListeners() throws Exception {
        try (var brief = new Leases("brief", SHORT, Clock.systemUTC())) {
            var lease = brief.tryAcquire(model, "a").orElseThrow();
            var lost = new CountDownLatch(1);
            lease.onLost(lost::countDown);

            LeaseState.free(lease.epoch() + 5, LONG).write(model.path().resolve("state.lease"));

            Await.until(() -> lost.getCount() == 0);
            assertThat(lease.isLost()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"epoch\": \"one\"}", "{\"epoch\": -3, \"owner\": \"x\"}"})
    void aDamagedLeaseIsReplacedByAHigherEpoch(String content) throws Exception {
        var old = first.tryAcquire(model, "a").orElseThrow();
        Files.writeString(model.path().resolve("state.lease"), content);

        var next = second.tryAcquire(model, "b").orElseThrow();

        assertThat(next.epoch()).isGreaterThan(old.epoch());
        assertThatThrownBy(() -> old.commit(() -> 1))
                .satisfies(refused -> assertThat(WorkerFailure.find(refused))
                        .map(WorkerFailure::kind)
                        .contains(FailureKind.FENCED));
    }

    @Test
    void aDeadOwnerWhoseTimeLiesInTheFutureIsReplacedByTheMonotonicClock() throws Exception {
        var farFuture = Clock.offset(Clock.systemUTC(), Duration.ofDays(365));
        var dead = new Leases("dead", SHORT, farFuture);
        assertThat(dead.tryAcquire(model, "a")).isPresent();
        dead.close();

        assertThat(second.tryAcquire(model, "b")).isEmpty();
        Await.until(() -> second.tryAcquire(model, "b").isPresent());
    }

    @Test
    void aModelThatWasDeletedAndMadeAnewIsAnotherOne() throws Exception {
        var old = first.tryAcquire(model, "a").orElseThrow();
        Files.move(model.path(), root.resolve("trash"));
        Files.createDirectories(model.path());

        var next = second.tryAcquire(model, "b").orElseThrow();

        assertThatThrownBy(() -> old.commit(() -> 1)).isInstanceOf(WorkerException.class);
        assertThat(next.commit(() -> 2)).isEqualTo(2);
    }
}
