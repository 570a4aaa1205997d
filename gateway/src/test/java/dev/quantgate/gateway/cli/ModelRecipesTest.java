package dev.quantgate.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeOperation;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.OperationState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelRecipesTest {
    private final FakeWorker worker = new FakeWorker("w1").with(Records.model("present"));
    private final TestGateway gateway = TestGateway.over(new FakeDirectory(worker));

    @TempDir
    private Path folder;

    @BeforeEach
    void importsSucceed() {
        var done = new FakeOperation(Records.operation("op1", OperationState.SUCCEEDED));
        worker.operations.put("op1", done);
        worker.importer = request -> CompletableFuture.completedStage(done.present());
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private void recipe(String name, String script) throws IOException {
        var file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private void bringIfMissing(String name) throws Exception {
        new ModelRecipes(folder).bringIfMissing(name, gateway.channel(), new Console());
    }

    @Test
    void whatCanBeExecutedIsKnown() throws IOException {
        recipe("b", "");
        recipe("a", "");
        Files.writeString(folder.resolve("notes.txt"), "no recipe");
        Files.createDirectory(folder.resolve("lib"));

        assertThat(new ModelRecipes(folder).known()).containsExactly("a", "b");
        assertThat(new ModelRecipes(folder.resolve("none")).known()).isEmpty();
    }

    @Test
    void aMissingModelIsImportedFromTheRecipesLastLine() throws Exception {
        recipe("absent", "echo fetching; echo /models/absent.gguf");

        bringIfMissing("models/absent/variants/Q8_0");

        assertThat(worker.calls)
                .filteredOn(ImportRequest.class::isInstance)
                .singleElement()
                .satisfies(call -> {
                    var request = (ImportRequest) call;
                    assertThat(request.model()).isEqualTo("absent");
                    assertThat(request.source()).isEqualTo(Path.of("/models/absent.gguf"));
                });
    }

    @Test
    void aModelThatIsThereIsNotBrought() throws Exception {
        recipe("present", "echo /models/present.gguf");

        bringIfMissing("models/present");
        bringIfMissing("models/without-a-recipe");

        assertThat(worker.calls).noneMatch(ImportRequest.class::isInstance);
    }

    @Test
    void aRecipeThatFailsImportsNothing() throws IOException {
        recipe("absent", "echo /half.gguf; exit 3");

        assertThatThrownBy(() -> bringIfMissing("models/absent"))
                .isInstanceOf(CliException.class)
                .hasMessage("the model absent could not be brought");
        assertThat(worker.calls).noneMatch(ImportRequest.class::isInstance);
    }
}
