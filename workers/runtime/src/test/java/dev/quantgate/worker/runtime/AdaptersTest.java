package dev.quantgate.worker.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.AdapterRecord;
import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.LoadSettings;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.testing.Await;
import dev.quantgate.worker.testing.TestWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AdaptersTest {
    private static final CallContext CONTEXT = CallContext.of("r");
    private static final AdapterRef PIRATE = new AdapterRef("m", "Pirate-1");

    @TempDir
    private Path root;

    @TempDir
    private Path outside;

    private TestWorker test;

    @BeforeEach
    void importModel() throws Exception {
        test = new TestWorker(root);
        test.importModel("m", "F16");
    }

    @AfterEach
    void close() {
        test.close();
    }

    private Path file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(outside, "adapter", ".gguf"), content);
    }

    private List<AdapterRecord> listed() throws Exception {
        return Await.result(test.worker.getModel("m", CONTEXT)).adapters();
    }

    @Test
    void anImportedAdapterIsCopiedShownAndFound() throws Exception {
        var source = file("LORA:16");

        var imported = Await.result(test.worker.importAdapter(PIRATE, source, CONTEXT));
        Files.delete(source);

        assertThat(imported.name()).isEqualTo("Pirate-1");
        assertThat(imported.rank()).isEqualTo(16);
        assertThat(imported.alpha()).isEqualTo(1.5f);
        assertThat(imported.sizeBytes()).isEqualTo(7);
        assertThat(listed()).containsExactly(imported);
        Await.result(test.worker.loadModel(ModelRef.of("m"), LoadSettings.DEFAULT, CONTEXT));
        var found = test.backend.adapters.find("Pirate-1");
        assertThat(found.file()).hasContent("LORA:16");
        assertThat(found.sha256()).isEqualTo(imported.sha256());
    }

    @Test
    void anotherProcessOnTheStoreSeesIt() throws Exception {
        try (var other = new TestWorker(root)) {
            var imported = Await.result(test.worker.importAdapter(PIRATE, file("LORA:1"), CONTEXT));

            assertThat(Await.result(other.worker.listModels(CONTEXT)).get(0).adapters())
                    .containsExactly(imported);
        }
    }

    @Test
    void aDeletedAdapterIsGoneAndItsNameIsFree() throws Exception {
        Await.result(test.worker.importAdapter(PIRATE, file("LORA:16"), CONTEXT));
        Await.result(test.worker.loadModel(ModelRef.of("m"), LoadSettings.DEFAULT, CONTEXT));

        Await.result(test.worker.deleteAdapter(PIRATE, CONTEXT));

        assertThat(listed()).isEmpty();
        assertThatThrownBy(() -> test.backend.adapters.find("Pirate-1")).hasMessageContaining("Pirate-1");
        assertThat(Await.failure(test.worker.deleteAdapter(PIRATE, CONTEXT)).kind())
                .isEqualTo(FailureKind.ADAPTER_NOT_FOUND);
        Await.result(test.worker.importAdapter(PIRATE, file("LORA:8"), CONTEXT));
        assertThat(test.backend.adapters.find("Pirate-1").file()).hasContent("LORA:8");
    }

    @Test
    void whatIsWrongIsRefusedAndLeavesNothing() throws Exception {
        Await.result(test.worker.importAdapter(PIRATE, file("LORA:16"), CONTEXT));

        assertThat(refusal(PIRATE, file("LORA:2"))).isEqualTo(FailureKind.ALREADY_EXISTS);
        assertThat(refusal(new AdapterRef("m", "bad"), file("nonsense"))).isEqualTo(FailureKind.INVALID_MODEL);
        assertThat(refusal(new AdapterRef("m", "bad"), outside)).isEqualTo(FailureKind.INVALID_MODEL);
        assertThat(refusal(new AdapterRef("m", "bad"), outside.resolve("none"))).isEqualTo(FailureKind.INVALID_REQUEST);
        assertThat(refusal(new AdapterRef("other", "x"), file("LORA:2"))).isEqualTo(FailureKind.MODEL_NOT_FOUND);
        assertThat(listed()).hasSize(1);
        try (var adapters = Files.list(root.resolve("models/m/adapters"))) {
            assertThat(adapters).hasSize(1);
        }
    }

    private FailureKind refusal(AdapterRef ref, Path source) throws Exception {
        return Await.failure(test.worker.importAdapter(ref, source, CONTEXT)).kind();
    }

    @Test
    void aModelThatIsBeingChangedTakesNoAdapter() throws Exception {
        test.backend.quantizesUntilCancelled = true;
        var operation = test.quantize("m", "Q8_0");
        Await.until(() -> test.backend.quantizations.get() > 0);

        assertThat(refusal(PIRATE, file("LORA:16"))).isEqualTo(FailureKind.FAILED_PRECONDITION);

        Await.result(test.worker.cancelOperation(operation.id(), CONTEXT));
        test.end(operation.id());
        Await.result(test.worker.importAdapter(PIRATE, file("LORA:16"), CONTEXT));
    }

    @Test
    void aDamagedAdapterIsLeftOutAndTheModelServes() throws Exception {
        Await.result(test.worker.importAdapter(PIRATE, file("LORA:16"), CONTEXT));
        Await.result(test.worker.importAdapter(new AdapterRef("m", "sound"), file("LORA:4"), CONTEXT));
        Files.writeString(root.resolve("models/m/adapters/Pirate-1/adapter.json"), "{");

        assertThat(listed()).extracting(AdapterRecord::name).containsExactly("sound");
        Await.result(test.generate(ModelRef.of("m"), "hi", CONTEXT).end);
        Await.result(test.worker.deleteAdapter(PIRATE, CONTEXT));
    }
}
