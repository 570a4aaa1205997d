package dev.quantgate.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeOperation;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.LoadOutcome;
import dev.quantgate.worker.api.LoadSettings;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.VariantRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code models} and {@code ps}. */
final class ModelsCommandTest {
    private final FakeWorker worker = new FakeWorker("w1").with(Records.model("smol"), "smol:source");
    private final TestGateway gateway = TestGateway.over(new FakeDirectory(worker));

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void lsHasALineForEachVariant() {
        var run = CliRun.at(gateway, "models", "ls");

        assertThat(run.code()).isEqualTo(ExitCodes.OK);
        assertThat(run.out().lines())
                .containsExactly(
                        "MODEL  TYPE   BACKEND    VARIANT   QUANTIZATION  SIZE    STATE",
                        "smol   llama  llama.cpp  source *  F16           1.0 kB  unloaded");
    }

    @Test
    void adaptersAreImportedAndListed(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("pirate.gguf"), "x");

        var imported = CliRun.at(gateway, "adapters", "import", "smol", file.toString(), "--name", "pirate");
        var listed = CliRun.at(gateway, "adapters", "ls", "smol");
        var missing = CliRun.at(gateway, "adapters", "import", "smol", file + "x", "--name", "pirate");

        assertThat(imported.out().strip()).isEqualTo("pirate imported for smol (rank 4)");
        assertThat(worker.calls).contains(new AdapterRef("smol", "pirate"));
        assertThat(listed.out()).startsWith("ADAPTER");
        assertThat(missing.code()).isEqualTo(ExitCodes.NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "models ls",
                "models show smol",
                "models types",
                "models unload smol",
                "models rm smol",
                "models pull",
                "adapters rm smol pirate",
                "sessions ls smol",
                "sessions rm smol chat-1",
                "ps"
            })
    void jsonIsADocumentALine(String command) {
        var run = CliRun.at(gateway, (command + " --json").split(" "));

        assertThat(run.code()).isEqualTo(ExitCodes.OK);
        assertThat(run.json()).hasSizeGreaterThanOrEqualTo(command.endsWith("pull") ? 0 : 1);
    }

    @Test
    void importCopiesAnAbsolutePathAndSaysSo(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("m.gguf"), "GGUF");
        var done = new FakeOperation(Records.operation("op1", OperationState.SUCCEEDED));
        worker.operations.put("op1", done);
        worker.importer = request -> CompletableFuture.completedStage(done.present());

        var run = CliRun.at(gateway, "models", "import", file.toString(), "--name", "new");

        assertThat(run.out()).isEqualToIgnoringNewLines("new imported (op1)");
        assertThat(worker.calls)
                .filteredOn(ImportRequest.class::isInstance)
                .extracting(call -> ((ImportRequest) call).source())
                .containsExactly(file);
    }

    @Test
    void aFileThatIsNotThereIsNotAskedFor() {
        var run = CliRun.at(gateway, "models", "import", "no-such.gguf", "--name", "new");

        assertThat(run.code()).isEqualTo(ExitCodes.NOT_FOUND);
        assertThat(run.err()).endsWith("no-such.gguf cannot be read" + System.lineSeparator());
    }

    @Test
    void loadNamesTheVariant() {
        worker.loader = (ref, settings) -> CompletableFuture.completedStage(
                new LoadOutcome(Records.variant("Q8_0", LoadState.ACTIVE, "w1"), false));

        var run = CliRun.at(gateway, "models", "load", "smol:Q8_0");

        assertThat(run.out()).isEqualToIgnoringNewLines("smol:Q8_0 loaded (4.1 kB)");
        assertThat(worker.calls).contains(ModelRef.of("smol", "Q8_0"));
    }

    @Test
    void loadPinsAndKeeps() {
        var seen = new ArrayList<LoadSettings>();
        worker.loader = (ref, settings) -> {
            seen.add(settings);
            return CompletableFuture.completedStage(
                    new LoadOutcome(Records.variant("Q8_0", LoadState.ACTIVE, "w1"), false));
        };

        CliRun.at(gateway, "models", "load", "smol", "--pin");
        CliRun.at(gateway, "models", "load", "smol", "--no-pin", "--keep-alive", "5m");
        CliRun.at(gateway, "models", "load", "smol", "--keep-alive=-1");
        var wrong = CliRun.at(gateway, "models", "load", "smol", "--keep-alive", "soon");

        assertThat(seen)
                .containsExactly(
                        new LoadSettings(0, Optional.of(true), Optional.empty()),
                        new LoadSettings(0, Optional.of(false), Optional.of(Duration.ofMinutes(5))),
                        new LoadSettings(0, Optional.empty(), Optional.of(Duration.ofSeconds(-1))));
        assertThat(wrong.code()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void psSaysWhyAModelLeftMemory() {
        var reason = "unloaded: makes room for smol:source";
        worker.with(Records.model(
                "gone",
                "llama",
                new VariantRecord(
                        "source", "F16", false, 9, "ab", Map.of(), LoadState.UNLOADED, reason, 0, List.of())));

        assertThat(CliRun.at(gateway, "ps").out()).contains("gone:source", "unloaded: makes room for smol:source");
    }

    @Test
    void psShowsWorkersAndWhatTheyHold() {
        var run = CliRun.at(gateway, "ps");

        assertThat(run.code()).isEqualTo(ExitCodes.OK);
        assertThat(run.out()).contains("w1", "llama.cpp", "ready", "smol:source");
    }
}
