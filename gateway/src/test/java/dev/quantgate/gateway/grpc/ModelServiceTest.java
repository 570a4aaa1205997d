package dev.quantgate.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.longrunning.Operation;
import com.google.protobuf.Duration;
import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.Rpc;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.v1.DeleteAdapterRequest;
import dev.quantgate.v1.DeleteModelRequest;
import dev.quantgate.v1.DeleteSessionRequest;
import dev.quantgate.v1.GetModelRequest;
import dev.quantgate.v1.ImportAdapterRequest;
import dev.quantgate.v1.ImportModelRequest;
import dev.quantgate.v1.ListModelsRequest;
import dev.quantgate.v1.ListQuantizationTypesRequest;
import dev.quantgate.v1.ListSessionsRequest;
import dev.quantgate.v1.LoadModelRequest;
import dev.quantgate.v1.LoadState;
import dev.quantgate.v1.Model;
import dev.quantgate.v1.ModelServiceGrpc;
import dev.quantgate.v1.OperationProgress;
import dev.quantgate.v1.QuantizeModelRequest;
import dev.quantgate.v1.QuantizeModelResponse;
import dev.quantgate.v1.Task;
import dev.quantgate.v1.UnloadModelRequest;
import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.LoadOutcome;
import dev.quantgate.worker.api.LoadSettings;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.SessionRef;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ModelServiceTest {
    private static final dev.quantgate.worker.api.LoadState ACTIVE = dev.quantgate.worker.api.LoadState.ACTIVE;

    private final FakeWorker llama = new FakeWorker("w1")
            .with(
                    Records.model(
                            "smol",
                            "llama",
                            Records.variant("source", ACTIVE, "w1"),
                            Records.variant("Q8_0", ACTIVE, "w1")),
                    "smol:source");
    private final FakeWorker torch = new FakeWorker("w2", "libtorch", "store-1").with(Records.model("enc", "roberta"));
    private final TestGateway gateway = TestGateway.over(new FakeDirectory(llama, torch));

    @AfterEach
    void close() {
        gateway.close();
    }

    private ModelServiceGrpc.ModelServiceBlockingStub client() {
        return ModelServiceGrpc.newBlockingStub(gateway.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @Test
    void listsTheModelsOfAllWorkersInPages() {
        var first = client().listModels(
                        ListModelsRequest.newBuilder().setPageSize(1).build());
        var second = client().listModels(ListModelsRequest.newBuilder()
                .setPageSize(1)
                .setPageToken(first.getNextPageToken())
                .build());

        assertThat(first.getModelsList()).extracting(Model::getName).containsExactly("models/enc");
        assertThat(second.getModelsList()).extracting(Model::getName).containsExactly("models/smol");
        assertThat(second.getNextPageToken()).isEmpty();
    }

    @Test
    void refusesPagesThatAreNone() {
        var size = catchThrowable(() -> client().listModels(
                        ListModelsRequest.newBuilder().setPageSize(1001).build()));
        var token = catchThrowable(() -> client().listModels(
                        ListModelsRequest.newBuilder().setPageToken("%").build()));

        assertThat(Rpc.details(size).getMessage()).isEqualTo("page_size: 1001 (expected: 0 to 1000)");
        assertThat(Rpc.code(token)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void returnsOneModelWithEverything() {
        var model = client().getModel(
                        GetModelRequest.newBuilder().setName("models/smol").build());

        assertThat(model.getModelType()).isEqualTo("llama");
        assertThat(model.getCreateTime().getSeconds()).isEqualTo(Records.CREATED.getEpochSecond());
        assertThat(model.getDefaultVariant()).isEqualTo("models/smol/variants/source");
        assertThat(model.getDimensionsMap()).containsEntry("context_length", 2048L);
        assertThat(model.getTasksList()).containsExactly(Task.TASK_GENERATE);
        var variant = model.getVariants(0);
        assertThat(variant.getState()).isEqualTo(LoadState.LOAD_STATE_ACTIVE);
        assertThat(variant.getWorkersList()).containsExactly("workers/w1");
        assertThat(variant.getMemoryBytes()).isEqualTo(4096);
    }

    @Test
    void aVariantIsNoModel() {
        var failure = catchThrowable(() -> client().getModel(GetModelRequest.newBuilder()
                .setName("models/smol/variants/Q8_0")
                .build()));

        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void loadsAndUnloadsWhereTheModelIs() {
        var seen = new ArrayList<LoadSettings>();
        llama.loader = (ref, settings) -> {
            seen.add(settings);
            return CompletableFuture.completedStage(
                    new LoadOutcome(Records.variant("Q8_0", ACTIVE, "w1"), settings.contextTokens() == 512));
        };

        var loaded = client().loadModel(LoadModelRequest.newBuilder()
                .setName("models/smol/variants/Q8_0")
                .setContextLength(512)
                .setPin(true)
                .setKeepAlive(Duration.newBuilder().setSeconds(-1))
                .build());
        var unloaded = client().unloadModel(
                        UnloadModelRequest.newBuilder().setName("models/smol").build());

        assertThat(seen)
                .containsExactly(
                        new LoadSettings(512, Optional.of(true), Optional.of(java.time.Duration.ofSeconds(-1))));
        assertThat(loaded.getAlreadyLoaded()).isTrue();
        assertThat(loaded.getVariant().getName()).isEqualTo("models/smol/variants/Q8_0");
        assertThat(unloaded.getVariantsList()).containsExactly("models/smol/variants/source");
        assertThat(llama.calls).containsExactly(ModelRef.of("smol", "Q8_0"), ModelRef.of("smol"));
    }

    @Test
    void listsAndDeletesSessions() {
        var sessions = client().listSessions(ListSessionsRequest.newBuilder()
                .setParent("models/smol")
                .build());
        var unused = client().deleteSession(DeleteSessionRequest.newBuilder()
                .setName(sessions.getSessions(0).getName())
                .build());

        assertThat(sessions.getSessions(0).getName()).isEqualTo("models/smol/sessions/chat-1");
        assertThat(llama.calls).containsExactly(new SessionRef("smol", "chat-1"));
    }

    @Test
    void importsAndDeletesAdapters() {
        var adapter = client().importAdapter(ImportAdapterRequest.newBuilder()
                .setParent("models/smol")
                .setAdapterId("Pirate")
                .setSourceUri("/pirate.gguf")
                .build());
        var unused = client().deleteAdapter(DeleteAdapterRequest.newBuilder()
                .setName(adapter.getName())
                .build());

        assertThat(adapter.getName()).isEqualTo("models/smol/adapters/Pirate");
        assertThat(adapter.getRank()).isEqualTo(4);
        assertThat(llama.calls).containsExactly(new AdapterRef("smol", "Pirate"), new AdapterRef("smol", "Pirate"));
    }

    @Test
    void aMalformedAdapterIsRefused() {
        for (var request : List.of(
                ImportAdapterRequest.newBuilder()
                        .setParent("models/smol")
                        .setAdapterId("../x")
                        .setSourceUri("/p"),
                ImportAdapterRequest.newBuilder()
                        .setParent("models/smol")
                        .setAdapterId("x")
                        .setSourceUri("p"),
                ImportAdapterRequest.newBuilder()
                        .setParent("smol:Q8_0")
                        .setAdapterId("x")
                        .setSourceUri("/p"))) {
            var failure = catchThrowable(() -> client().importAdapter(request.build()));

            assertThat(Rpc.code(failure)).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
        var failure = catchThrowable(() -> client().deleteAdapter(DeleteAdapterRequest.newBuilder()
                .setName("models/smol/variants/x")
                .build()));
        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void deletesAVariant() {
        client().deleteModel(DeleteModelRequest.newBuilder()
                .setName("models/enc/variants/Q8_0")
                .build());

        assertThat(torch.calls).containsExactly(ModelRef.of("enc", "Q8_0"));
    }

    @Test
    void anImportGoesToTheBackendThatKnowsTheFiles() throws Exception {
        torch.importer = request -> CompletableFuture.completedStage(Records.operation("op1", OperationState.RUNNING));

        var operation = client().importModel(ImportModelRequest.newBuilder()
                .setModelId("enc")
                .setSourceUri("hf:/models/enc")
                .setModelType("roberta")
                .build());

        assertThat(operation.getName()).isEqualTo("operations/op1");
        assertThat(operation.getDone()).isFalse();
        assertThat(operation.getMetadata().unpack(OperationProgress.class).getFraction())
                .isEqualTo(0.5);
        var expected = new ImportRequest("enc", Path.of("/models/enc"), "roberta", "", "");
        assertThat(llama.calls).containsExactly(expected);
        assertThat(torch.calls).containsExactly(expected);
    }

    @Test
    void anImportNeedsAnAbsolutePath() throws Exception {
        var failure = catchThrowable(() -> client().importModel(ImportModelRequest.newBuilder()
                .setModelId("a")
                .setSourceUri("b.gguf")
                .build()));

        assertThat(Rpc.detail(failure, com.google.rpc.BadRequest.class)
                        .getFieldViolations(0)
                        .getField())
                .isEqualTo("source_uri");
    }

    @Test
    void aQuantisationReturnsItsOperation() throws Exception {
        llama.quantizer = request ->
                CompletableFuture.completedStage(Records.operation("op1", OperationState.SUCCEEDED, 1, true));

        Operation operation = client().quantizeModel(QuantizeModelRequest.newBuilder()
                .setName("models/smol")
                .setQuantizationType("q8_0")
                .setRequestId("r1")
                .setAllowRequantize(true)
                .setImportanceMatrixUri("/m.imatrix")
                .setSetDefault(true)
                .build());

        var response = operation.getResponse().unpack(QuantizeModelResponse.class);
        assertThat(response.getAlreadyQuantized()).isTrue();
        assertThat(response.getModel().getName()).isEqualTo("models/smol");
        assertThat(response.getVariant().getName()).isEqualTo("models/smol/variants/Q8_0");
        assertThat(response.getReport().getDurationMillis()).isEqualTo(1500);
        assertThat(llama.calls)
                .contains(new QuantizeRequest("smol", "q8_0", "r1", true, Optional.of(Path.of("/m.imatrix")), true));
    }

    @Test
    void listsTheTypesOfAllBackendsOrOfAModels() {
        llama.types = List.of(new QuantizationType("Q8_0", "llama.cpp", 8.5, false, "eight bits", false));
        torch.types = List.of(new QuantizationType("dynamic_int8", "libtorch", 8, false, "int8", true));

        var all = client().listQuantizationTypes(ListQuantizationTypesRequest.getDefaultInstance());
        var one = client().listQuantizationTypes(ListQuantizationTypesRequest.newBuilder()
                .setName("models/enc")
                .build());

        assertThat(all.getTypesList())
                .extracting(dev.quantgate.v1.QuantizationType::getName)
                .containsExactly("Q8_0", "dynamic_int8");
        assertThat(one.getTypesList())
                .extracting(dev.quantgate.v1.QuantizationType::getName)
                .containsExactly("dynamic_int8");
    }
}
