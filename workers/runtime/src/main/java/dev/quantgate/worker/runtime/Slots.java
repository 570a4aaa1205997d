package dev.quantgate.worker.runtime;

import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.backend.LoadedModel;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The variants in memory by name, and why others have left it. Guarded by the lock of its {@link LoadedModels}. */
final class Slots {
    private static final int MAX_DEPARTURES = 100;

    private final Map<ModelRef, Slot> present = new HashMap<>();
    private final Map<ModelRef, String> departures = new LinkedHashMap<>();

    @Nullable
    Slot find(ModelRef ref) {
        return present.get(ref);
    }

    void add(Slot slot) {
        present.put(slot.ref, slot);
    }

    void remove(Slot slot) {
        present.remove(slot.ref, slot);
    }

    /** Those that match now. */
    List<Slot> matching(Predicate<Slot> which) {
        return present.values().stream().filter(which).toList();
    }

    /** The idle one that nobody has used for longest. */
    Optional<Slot> leastRecentlyUsed() {
        var now = System.nanoTime();
        return present.values().stream()
                .filter(Slot::isDispensable)
                .min(Comparator.comparingLong(slot -> slot.idleSinceNanos - now));
    }

    /** Why none of those in memory gives way; empty if there is none. */
    String holders() {
        return present.values().stream()
                .filter(slot -> slot.state == LoadState.ACTIVE)
                .map(slot -> slot.ref + " " + (slot.pinned ? "is pinned" : "is in use"))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    LoadedModels.View view(ModelRef ref) {
        var slot = present.get(ref);
        if (slot == null) {
            return new LoadedModels.View(LoadState.UNLOADED, departures.getOrDefault(ref, ""), 0);
        }
        return new LoadedModels.View(
                slot.state,
                slot.describe(System.nanoTime(), Instant.now()),
                slot.model == null ? 0 : slot.model.memoryBytes());
    }

    Map<ModelRef, LoadedModel> active() {
        var active = new HashMap<ModelRef, LoadedModel>();
        present.forEach((ref, slot) -> {
            if (slot.model != null) {
                active.put(ref, slot.model);
            }
        });
        return active;
    }

    /** Remembers why a variant left memory, for as many of them as anybody would read. */
    void departed(Slot slot) {
        departures.remove(slot.ref);
        departures.put(slot.ref, "unloaded: " + slot.reason);
        if (departures.size() > MAX_DEPARTURES) {
            departures.remove(departures.keySet().iterator().next());
        }
    }
}
