package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/** Asks workers one after the other. */
final class Fallback {
    private Fallback() {}

    /**
     * The first answer. A failure that {@code next} accepts leads to the next worker; any other failure, or the last
     * worker's, is the outcome.
     *
     * @param workers at least one
     */
    static <T> CompletionStage<T> firstOf(
            List<Worker> workers, Function<Worker, CompletionStage<T>> call, Predicate<WorkerFailure> next) {
        var answer = call.apply(workers.get(0));
        if (workers.size() == 1) {
            return answer;
        }
        var rest = workers.subList(1, workers.size());
        return answer.handle((value, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedStage(value);
                    }
                    return WorkerFailure.find(failure).filter(next).isPresent()
                            ? firstOf(rest, call, next)
                            : CompletableFuture.<T>failedStage(failure);
                })
                .thenCompose(Function.identity());
    }
}
