package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.WorkerException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Lets a planned failure that is thrown before a stage exists end up in the stage. */
final class Stages {
    private Stages() {}

    static <T> CompletionStage<T> guard(Supplier<CompletionStage<T>> call) {
        try {
            return call.get();
        } catch (WorkerException failure) {
            return CompletableFuture.failedStage(failure);
        }
    }
}
