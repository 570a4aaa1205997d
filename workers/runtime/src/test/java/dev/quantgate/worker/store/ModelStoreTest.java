package dev.quantgate.worker.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.testing.Await;
import dev.quantgate.worker.testing.FakeBackend;
import dev.quantgate.worker.testing.TestWorker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModelStoreTest {
    private static final CallContext CONTEXT = CallContext.of("test");

    @TempDir
    Path root;

    @TempDir
    Path outside;

    private TestWorker test;

    @BeforeEach
    void start() {
        test = new TestWorker(root);
    }

    @AfterEach
    void stop() {
        test.close();
    }

    @Test
    void anImportedModelHasMetadataAndAManifest() throws Exception {
        var ended = test.importModel("m", "F16");

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        var model = Await.result(test.worker.getModel("m", CONTEXT));
        assertThat(model.modelType()).isEqualTo("llama");
        assertThat(model.version()).matches("fake_\\d{8}_\\d{6}");
        assertThat(model.metadataJson())
                .contains("model_name", "model_type", "version", "created_at", "is_quantized", "source", "dimensions");
        assertThat(model.variants()).singleElement().satisfies(source -> {
            assertThat(source.name()).isEqualTo("source");
            assertThat(source.state()).isEqualTo(LoadState.UNLOADED);
            assertThat(source.sha256()).isEqualTo(Sha256.ofText(FakeBackend.model("F16", "weights of m")));
        });
        assertThat(test.worker.status().models()).contains("m");
    }

    @Test
    void aTakenNameIsRefused() throws Exception {
        test.importModel("m", "F16");
        var file = Files.writeString(outside.resolve("x"), FakeBackend.model("F16", "other"));

        var refused = Await.failure(test.worker.importModel(new ImportRequest("m", file, "", "", ""), CONTEXT));

        assertThat(refused.kind()).isEqualTo(FailureKind.ALREADY_EXISTS);
    }

    @Test
    void wrongSourcesAreRefused() throws Exception {
        var unknown = Files.writeString(outside.resolve("text"), "hello");
        var truncated = Files.writeString(outside.resolve("short"), "FAKE:F16:");
        var other = Files.writeString(outside.resolve("other"), FakeBackend.model("F16", "w"));

        assertThat(importFailure("a", outside.resolve("none"), "")).isEqualTo(FailureKind.INVALID_REQUEST);
        assertThat(importFailure("b", unknown, "")).isEqualTo(FailureKind.UNSUPPORTED);
        assertThat(importFailure("c", truncated, "")).isEqualTo(FailureKind.INVALID_MODEL);
        assertThat(importFailure("d", other, "roberta")).isEqualTo(FailureKind.INVALID_REQUEST);
        assertThat(importFailure("e", Path.of("/dev/zero"), "")).isEqualTo(FailureKind.INVALID_REQUEST);
        assertThat(Await.result(test.worker.listModels(CONTEXT))).isEmpty();
        try (var left = Files.list(root.resolve("models"))) {
            assertThat(left).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aDamagedModelIsListedAsFailedAndCanBeDeleted(String file, UnaryOperator<String> damage) throws Exception {
        test.importModel("m", "F16");
        test.importModel("fine", "F16");
        var path = root.resolve("models/m").resolve(file);
        Files.writeString(path, damage.apply(Files.readString(path)), StandardCharsets.ISO_8859_1);

        var models = Await.result(test.worker.listModels(CONTEXT));
        var generation = test.generate(ModelRef.of("m"), "hi", CONTEXT);

        assertThat(models).extracting("name").containsExactly("fine", "m");
        assertThat(models.get(1).variants()).allSatisfy(variant -> {
            assertThat(variant.state()).isEqualTo(LoadState.FAILED);
            assertThat(variant.stateReason()).isNotEmpty().doesNotContain(root.toString());
        });
        assertThat(Await.failure(generation.end).kind()).isEqualTo(FailureKind.FAILED_PRECONDITION);
        Await.result(test.generate(ModelRef.of("fine"), "hi", CONTEXT).end);
        Await.result(test.worker.deleteModel(ModelRef.of("m"), CONTEXT));
        assertThat(root.resolve("models/m")).doesNotExist();
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage("metadata.json", text -> ""),
                damage("metadata.json", text -> text.substring(0, text.length() / 2)),
                damage("metadata.json", text -> "[1]"),
                damage("metadata.json", text -> "\u00ff\u00fe" + text),
                damage(
                        "metadata.json",
                        text -> text.replace("\"F16\"", "1")
                                .replace("\"is_quantized\" : false", "\"is_quantized\" : 7")),
                damage("metadata.json", text -> text.replace("\"model_name\" : \"m\"", "\"model_name\" : \"other\"")),
                damage("metadata.json", text -> text + " ".repeat(2 << 20)),
                damage("metadata.json", text -> "[".repeat(100_000)),
                damage("variants/source/manifest.json", text -> "{}"),
                damage("variants/source/manifest.json", text -> text.replace(".fake\"", "\u0000\"")),
                damage(
                        "variants/source/manifest.json",
                        text -> text.replaceAll("\"name\" : \"", "\"name\" : \"../../")),
                damage(
                        "variants/source/manifest.json",
                        text -> text.replaceAll("\"sha256\" : \"..", "\"sha256\" : \"zz")),
                damage(
                        "variants/source/manifest.json",
                        text -> text.replaceAll("\"size_bytes\" : ", "\"size_bytes\" : 9")));
    }

    @Test
    void aModelWithoutMetadataIsListedAsFailed() throws Exception {
        test.importModel("m", "F16");
        Files.delete(root.resolve("models/m/metadata.json"));

        assertThat(Await.result(test.worker.listModels(CONTEXT)).get(0).variants())
                .allSatisfy(variant -> assertThat(variant.state()).isEqualTo(LoadState.FAILED));
    }

    @Test
    void linksInTheStoreAreNotFollowed() throws Exception {
        test.importModel("m", "F16");
        Files.createSymbolicLink(root.resolve("models/link"), root.resolve("models/m"));
        var metadata = root.resolve("models/m/metadata.json");
        Files.move(metadata, outside.resolve("metadata.json"));
        Files.createSymbolicLink(metadata, outside.resolve("metadata.json"));

        var models = Await.result(test.worker.listModels(CONTEXT));

        assertThat(models).singleElement().satisfies(model -> {
            assertThat(model.name()).isEqualTo("m");
            assertThat(model.variants().get(0).state()).isEqualTo(LoadState.FAILED);
        });
    }

    @Test
    void whatDeadOwnersLeftIsRemovedAtTheStart() throws Exception {
        test.importModel("m", "F16");
        var part = Files.createDirectories(root.resolve("models/m/variants/.part.7"));
        Files.writeString(part.resolve("half"), "x");
        Files.createDirectories(root.resolve("models/.trash.1/variants"));

        try (var other = new TestWorker(root)) {
            Await.until(() -> Files.notExists(part) && Files.notExists(root.resolve("models/.trash.1")));
            assertThat(other.worker.status().storeId())
                    .isEqualTo(test.worker.status().storeId());
        }
    }

    private static Arguments damage(String file, UnaryOperator<String> damage) {
        return Arguments.of(file, damage);
    }

    private FailureKind importFailure(String name, Path source, String type) throws Exception {
        var request = new ImportRequest(name, source, type, "", "");
        var call = test.worker.importModel(request, CONTEXT);
        if (call.handle((operation, failure) -> failure != null).get()) {
            return Await.failure(call).kind();
        }
        return test.end(Await.result(call).id()).failure().orElseThrow().kind();
    }
}
