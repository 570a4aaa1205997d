package dev.quantgate.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.VariantRecord;
import org.junit.jupiter.api.Test;

final class CatalogueTest {
    private static final CallContext CALL = CallContext.of("test");

    private final FakeWorker first = new FakeWorker("w1")
            .with(
                    Records.model(
                            "m",
                            "llama",
                            Records.variant("source", LoadState.ACTIVE, "w1"),
                            Records.variant("Q8_0", LoadState.FAILED)),
                    "m:source");
    private final FakeWorker second = new FakeWorker("w2")
            .with(
                    Records.model(
                            "m",
                            "llama",
                            Records.variant("source", LoadState.UNLOADED),
                            Records.variant("Q8_0", LoadState.ACTIVE, "w2")),
                    "m:Q8_0");
    private final Catalogue catalogue = new Catalogue(new WorkerRouter(new FakeDirectory(first, second)));

    @Test
    void aModelShowsTheLoadStatesOfAllWorkers() {
        var model = catalogue.get("m", CALL).toCompletableFuture().join();

        assertThat(model.variants()).extracting(VariantRecord::name).containsExactly("source", "Q8_0");
        assertThat(model.variants()).extracting(VariantRecord::state).containsOnly(LoadState.ACTIVE);
        assertThat(model.variants().get(0).workers()).containsExactly("w1");
        assertThat(model.variants().get(1).workers()).containsExactly("w2");
    }

    @Test
    void aModelIsListedOnce() {
        assertThat(catalogue.list(CALL).toCompletableFuture().join())
                .extracting(ModelRecord::name)
                .containsExactly("m");
    }

    @Test
    void unloadingReachesEveryWorker() {
        assertThat(catalogue
                        .unload(ModelRef.of("m"), CALL)
                        .toCompletableFuture()
                        .join())
                .containsExactly("m:Q8_0", "m:source");
    }
}
