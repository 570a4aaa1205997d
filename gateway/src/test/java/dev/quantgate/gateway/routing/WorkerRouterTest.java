package dev.quantgate.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

final class WorkerRouterTest {
    private static final CallContext CALL = CallContext.of("test");

    private final FakeWorker first = new FakeWorker("w1").with(Records.model("m"));
    private final FakeWorker second = new FakeWorker("w2").with(Records.model("m"));
    private final FakeDirectory directory = new FakeDirectory(first, second);
    private final WorkerRouter router = new WorkerRouter(directory);

    private Worker route(ModelRef ref) {
        return router.locate(ref, CALL).toCompletableFuture().join();
    }

    @Test
    void prefersTheWorkerThatHasTheModelInMemoryEvenIfItIsBusier() {
        second.state(List.of("m:Q8_0"), false, 9);

        assertThat(route(ModelRef.of("m"))).isSameAs(second);
        assertThat(route(ModelRef.of("m", "Q8_0"))).isSameAs(second);
    }

    @Test
    void anotherVariantInMemoryIsNoReason() {
        second.state(List.of("m:Q8_0"), false, 9);

        assertThat(route(ModelRef.of("m", "Q4_0"))).isSameAs(first);
    }

    @Test
    void prefersTheWorkerWithLessToDo() {
        first.state(List.of(), false, 5);

        assertThat(route(ModelRef.of("m"))).isSameAs(second);
    }

    @Test
    void passesOverLostAndDrainingWorkers() {
        directory.lose(first);
        assertThat(route(ModelRef.of("m"))).isSameAs(second);

        second.state(List.of(), true, 0);
        assertFails(FailureKind.UNAVAILABLE);
    }

    @Test
    void aModelThatNoStatusNamesYetIsLookedFor() {
        second.models.put("new", Records.model("new"));
        var third = new FakeWorker("w3", "libtorch", "store-2");
        third.models.put("newer", Records.model("newer"));
        directory.add(third);

        assertThat(route(ModelRef.of("newer"))).isSameAs(third);
        assertThatThrownBy(() -> route(ModelRef.of("nobody"))).isInstanceOf(CompletionException.class);
    }

    @Test
    void withoutWorkersNothingIsAvailable() {
        directory.lose(first).lose(second);

        assertFails(FailureKind.UNAVAILABLE);
    }

    @Test
    void asksOneWorkerForEachStoreAndBackend() {
        var torch = new FakeWorker("w3", "libtorch", "store-1");
        var other = new FakeWorker("w4", "llama.cpp", "store-2");
        directory.add(torch).add(other);

        assertThat(router.onePerStoreAndBackend()).containsExactly(first, torch, other);
    }

    private void assertFails(FailureKind kind) {
        assertThatThrownBy(() -> route(ModelRef.of("m")))
                .satisfies(failure -> assertThat(
                                WorkerFailure.find(failure).orElseThrow().kind())
                        .isEqualTo(kind));
    }
}
