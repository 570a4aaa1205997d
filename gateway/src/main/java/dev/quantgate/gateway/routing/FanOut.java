package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Asks several workers at once. */
final class FanOut {
    private FanOut() {}

    /** Every answer, in the order of the workers; the first failure is the failure of all. */
    static <T> CompletionStage<List<T>> all(List<Worker> workers, Function<Worker, CompletionStage<T>> call) {
        var calls = workers.stream()
                .map(worker -> call.apply(worker).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                .thenApply(done -> calls.stream().map(CompletableFuture::join).toList());
    }

    /** Every answer, or as many as there are: a worker that fails is left out unless all fail. */
    static <T> CompletionStage<List<T>> any(List<Worker> workers, Function<Worker, CompletionStage<T>> call) {
        var answers = new ArrayList<T>();
        var calls = workers.stream()
                .map(worker -> call.apply(worker).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).handle((done, failure) -> {
            calls.stream()
                    .filter(one -> !one.isCompletedExceptionally())
                    .map(CompletableFuture::join)
                    .forEach(answers::add);
            if (answers.isEmpty() && failure != null) {
                throw failure instanceof RuntimeException unchecked ? unchecked : new CompletionException(failure);
            }
            return answers;
        });
    }
}
