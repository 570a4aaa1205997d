package dev.quantgate.worker.llamacpp;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.llamacpp.schedule.MemoryBudget;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;

/** The models of a backend and the memory they share. Thread-safe. */
final class LoadedModels {
    private final long limitBytes;
    private final Set<LlamaCppModel> models = new HashSet<>();
    private long reservedBytes;
    private boolean closed;

    LoadedModels(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Memory that is set aside for a model, at first what its plan takes. */
    final class Reservation implements MemoryBudget {
        private final ContextPlan plan;
        private long extraBytes;

        private Reservation(ContextPlan plan) {
            this.plan = plan;
        }

        ContextPlan plan() {
            return plan;
        }

        @Override
        public boolean take(long bytes) {
            synchronized (LoadedModels.this) {
                if (bytes > limitBytes - reservedBytes) {
                    return false;
                }
                reservedBytes += bytes;
                extraBytes += bytes;
                return true;
            }
        }

        @Override
        public void give(long bytes) {
            synchronized (LoadedModels.this) {
                reservedBytes -= bytes;
                extraBytes -= bytes;
            }
        }

        /** What the model takes now. */
        long bytes() {
            synchronized (LoadedModels.this) {
                return plan.memory().totalBytes() + extraBytes;
            }
        }

        LlamaCppModel keep(LlamaCppModel model) {
            synchronized (LoadedModels.this) {
                models.add(model);
            }
            return model;
        }

        void cancel() {
            release(bytes());
        }
    }

    /** Plans a model within the memory that is free, and sets aside what the plan takes. */
    synchronized Reservation reserve(LongFunction<ContextPlan> planning) {
        if (closed) {
            throw WorkerFailure.of(FailureKind.UNAVAILABLE, "the backend is closed")
                    .asException();
        }
        var plan = planning.apply(limitBytes - reservedBytes);
        reservedBytes += plan.memory().totalBytes();
        return new Reservation(plan);
    }

    synchronized void closed(LlamaCppModel model) {
        if (models.remove(model)) {
            release(model.memoryBytes());
        }
    }

    void closeAll() {
        List<LlamaCppModel> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(models);
        }
        open.forEach(LlamaCppModel::close);
    }

    private synchronized void release(long bytes) {
        reservedBytes -= bytes;
    }
}
