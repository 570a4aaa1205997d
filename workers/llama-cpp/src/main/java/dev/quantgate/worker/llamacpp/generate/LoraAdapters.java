package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.natives.llama.LlamaContext;
import dev.quantgate.natives.llama.LlamaException;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.LoraAdapter;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.llamacpp.schedule.AdapterSet;
import dev.quantgate.worker.llamacpp.schedule.MemoryBudget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The LoRA adapters of a model that are in memory. Requests hold those they use; some stay after their last request.
 * For the decode loop's thread alone: native code walks over a model's adapters whenever a context plans its memory.
 */
final class LoraAdapters implements AutoCloseable {
    /** Adapters that nobody uses any more but that stay in memory, so that the next request need not load them. */
    private static final int KEPT_IDLE = 4;

    private final LlamaModel model;
    private final MemoryBudget memory;
    private final Map<String, Loaded> loaded = new HashMap<>();
    private AdapterSet inContext = AdapterSet.NONE;
    private long clock;

    LoraAdapters(LlamaModel model, MemoryBudget memory) {
        this.model = model;
        this.memory = memory;
    }

    /**
     * A verified adapter that a request wants.
     *
     * @param sha256 of the file
     * @param sizeBytes memory that it takes
     */
    record Wanted(Path file, String sha256, long sizeBytes, float scale) {
        Wanted plus(Wanted other) {
            return new Wanted(file, sha256, sizeBytes, scale + other.scale);
        }
    }

    private static final class Loaded {
        final LoraAdapter adapter;
        final long sizeBytes;
        int uses;
        long lastUsed;

        Loaded(LoraAdapter adapter, long sizeBytes) {
            this.adapter = adapter;
            this.sizeBytes = sizeBytes;
        }
    }

    /**
     * Loads what is not in memory yet and holds it until {@link #release}.
     *
     * @throws WorkerException OUT_OF_MEMORY, INVALID_MODEL; then nothing is held
     */
    AdapterSet hold(List<Wanted> wanted) {
        var held = new ArrayList<AdapterSet.Scaled>();
        try {
            for (var one : wanted) {
                var entry = loaded.get(one.sha256());
                if (entry == null) {
                    entry = load(one);
                    loaded.put(one.sha256(), entry);
                }
                entry.uses++;
                entry.lastUsed = ++clock;
                held.add(new AdapterSet.Scaled(one.sha256(), one.scale()));
            }
        } catch (WorkerException e) {
            release(new AdapterSet(held));
            throw e;
        }
        return setOf(wanted);
    }

    /** The set that a request's adapters make. */
    static AdapterSet setOf(List<Wanted> wanted) {
        return wanted.isEmpty()
                ? AdapterSet.NONE
                : new AdapterSet(wanted.stream()
                        .map(one -> new AdapterSet.Scaled(one.sha256(), one.scale()))
                        .sorted(Comparator.comparing(AdapterSet.Scaled::sha256))
                        .toList());
    }

    void release(AdapterSet set) {
        if (set.adapters().isEmpty()) {
            // Any thread may end a request without adapters.
            return;
        }
        for (var one : set.adapters()) {
            require(one.sha256()).uses--;
        }
        while (idle() > KEPT_IDLE && evictIdle()) {
            // One at a time, least recently used first.
        }
    }

    /** Puts a set to use in the context, if it is not in use already. */
    void use(LlamaContext context, AdapterSet set) {
        if (set.equals(inContext)) {
            return;
        }
        var adapters = new ArrayList<LoraAdapter>();
        var scales = new float[set.adapters().size()];
        for (var one : set.adapters()) {
            scales[adapters.size()] = one.scale();
            adapters.add(require(one.sha256()).adapter);
        }
        context.setAdapters(adapters, scales);
        inContext = set;
    }

    /** The context was replaced by a new one, which has none. */
    void contextReplaced() {
        inContext = AdapterSet.NONE;
    }

    /** Frees everything; the context must be closed. */
    @Override
    public void close() {
        inContext = AdapterSet.NONE;
        loaded.values().forEach(this::free);
        loaded.clear();
    }

    private Loaded load(Wanted wanted) {
        while (!memory.take(wanted.sizeBytes())) {
            if (!evictIdle()) {
                throw WorkerFailure.of(
                                FailureKind.OUT_OF_MEMORY,
                                "the LoRA adapter needs " + wanted.sizeBytes() + " bytes more than the limit leaves")
                        .asException();
            }
        }
        try {
            return new Loaded(LoraAdapter.load(model, wanted.file()), wanted.sizeBytes());
        } catch (LlamaException e) {
            memory.give(wanted.sizeBytes());
            throw new WorkerException(
                    WorkerFailure.of(
                            FailureKind.INVALID_MODEL, "llama.cpp refused the LoRA adapter; the worker's log says why"),
                    e);
        }
    }

    private long idle() {
        return loaded.values().stream().filter(entry -> entry.uses == 0).count();
    }

    private boolean evictIdle() {
        Optional<Map.Entry<String, Loaded>> oldest = loaded.entrySet().stream()
                .filter(entry -> entry.getValue().uses == 0 && !isInContext(entry.getKey()))
                .min(Comparator.comparingLong(entry -> entry.getValue().lastUsed));
        oldest.ifPresent(entry -> {
            loaded.remove(entry.getKey());
            free(entry.getValue());
        });
        return oldest.isPresent();
    }

    private boolean isInContext(String sha256) {
        return inContext.adapters().stream().anyMatch(one -> one.sha256().equals(sha256));
    }

    private void free(Loaded entry) {
        entry.adapter.close();
        memory.give(entry.sizeBytes);
    }

    private Loaded require(String sha256) {
        var entry = loaded.get(sha256);
        if (entry == null) {
            throw new IllegalStateException("a LoRA adapter that nobody loaded");
        }
        return entry;
    }
}
