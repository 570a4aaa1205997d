package dev.quantgate.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.testing.Await;
import dev.quantgate.worker.testing.FakeBackend;
import dev.quantgate.worker.testing.TestWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileDiskTest {
    private static final CallContext CONTEXT = CallContext.of("test");

    @TempDir
    Path temp;

    @TempDir
    Path outside;

    private boolean mounted;

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            run("umount", "-l", temp.toString());
        }
    }

    @Test
    void aDiskThatFillsUpDuringAQuantisationFailsItAndIsUsableAfterwards() throws Exception {
        mount("-t", "tmpfs", "-o", "size=3m", "none", temp.toString());
        try (var test = new TestWorker(temp)) {
            assertThat(importModel(test, "m", 100).state()).isEqualTo(OperationState.SUCCEEDED);
            var ballast = temp.resolve("ballast");
            test.backend.at = point -> {
                if (point.equals("quantize")) {
                    fill(ballast);
                }
            };
            var ended = test.end(test.quantize("m", "Q8_0").id());
            Files.delete(ballast);
            test.backend.at = point -> {};

            assertThat(ended.state()).isEqualTo(OperationState.FAILED);
            assertThat(ended.failure().orElseThrow().kind()).isEqualTo(FailureKind.DISK_FULL);
            assertThat(test.end(test.quantize("m", "Q8_0").id()).state()).isEqualTo(OperationState.SUCCEEDED);
        }
    }

    @Test
    void anImportThatDoesNotFitIsRefusedBeforeItStarts() throws Exception {
        mount("-t", "tmpfs", "-o", "size=3m", "none", temp.toString());
        try (var test = new TestWorker(temp)) {
            var ended = importModel(test, "m", 4 << 20);

            assertThat(ended.failure().orElseThrow().kind()).isEqualTo(FailureKind.DISK_FULL);
            assertThat(temp.resolve("models/m")).doesNotExist();
        }
    }

    @Test
    void aReadOnlyStoreServesAndRefusesChanges() throws Exception {
        mount("-t", "tmpfs", "-o", "size=3m", "none", temp.toString());
        try (var test = new TestWorker(temp)) {
            importModel(test, "m", 100);
        }
        run("mount", "-o", "remount,ro", temp.toString());
        try (var test = new TestWorker(temp)) {
            Await.result(test.generate(ModelRef.of("m"), "hi", CONTEXT).end);
            var quantize = Await.failure(test.worker.quantizeModel(TestWorker.request("m", "Q8_0"), CONTEXT));
            var delete = Await.failure(test.worker.deleteModel(ModelRef.of("m"), CONTEXT));

            assertThat(quantize.kind()).isEqualTo(FailureKind.STORE_READ_ONLY);
            assertThat(delete.kind()).isEqualTo(FailureKind.STORE_READ_ONLY);
            assertThat(Await.result(test.worker.listOperations(CONTEXT))).hasSize(1);
        }
    }

    private OperationRecord importModel(TestWorker test, String name, int bytes) throws Exception {
        var file = Files.writeString(outside.resolve(name), FakeBackend.model("F16", "w".repeat(bytes)));
        var request = new ImportRequest(name, file, "", "", "");
        return test.end(Await.result(test.worker.importModel(request, CONTEXT)).id());
    }

    private static void fill(Path ballast) {
        try (var out = Files.newOutputStream(ballast)) {
            var page = new byte[4096];
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    private void mount(String... arguments) throws Exception {
        mounted = run(Stream.concat(List.of("mount").stream(), List.of(arguments).stream())
                        .toArray(String[]::new))
                == 0;
        if (!mounted) {
            System.out.println("SKIPPED: a file system of its own needs root and the right to mount");
        }
        assumeTrue(mounted, "a file system of its own needs root and the right to mount");
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
