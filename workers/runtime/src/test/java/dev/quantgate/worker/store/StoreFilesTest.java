package dev.quantgate.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.testing.Await;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFilesTest {
    @TempDir
    Path root;

    @Test
    void aWriteReplacesTheFileAndLeavesNothingBeside() throws IOException {
        var file = root.resolve("a.json");
        AtomicFiles.write(file, "one");
        Files.writeString(root.resolve(".a.json.tmp"), "left by a crash, and longer");

        AtomicFiles.write(file, "two");

        assertThat(file).hasContent("two");
        try (var files = Files.list(root)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aWriteDoesNotFollowALinkInItsPlace() throws IOException {
        var outside = Files.writeString(root.resolve("outside"), "safe");
        Files.createSymbolicLink(root.resolve(".a.json.tmp"), outside);

        assertThatThrownBy(() -> AtomicFiles.write(root.resolve("a.json"), "x")).isInstanceOf(IOException.class);
        assertThat(outside).hasContent("safe");
    }

    @Test
    void aPublishedNameIsNeverReplaced() throws IOException {
        var part = Files.createDirectory(root.resolve("part"));
        var taken = Files.createDirectory(root.resolve("taken"));

        assertThatThrownBy(() -> AtomicFiles.publish(part, taken)).isInstanceOf(DamagedFileException.class);
        assertThat(part).isDirectory();
    }

    @Test
    void failuresOfTheFileSystemHaveTheirKinds() {
        assertThat(kindOf(new IOException("No space left on device"))).isEqualTo(FailureKind.DISK_FULL);
        assertThat(kindOf(new FileSystemException("f", null, "Disk quota exceeded")))
                .isEqualTo(FailureKind.DISK_FULL);
        assertThat(kindOf(new FileSystemException("f", null, "Read-only file system")))
                .isEqualTo(FailureKind.STORE_READ_ONLY);
        assertThat(kindOf(new AccessDeniedException("f"))).isEqualTo(FailureKind.STORE_READ_ONLY);
        assertThat(kindOf(new IOException("Input/output error"))).isEqualTo(FailureKind.INTERNAL);
    }

    @Test
    void theMutexExcludesThreadsAndGivesUpInTime() throws Exception {
        var lock = root.resolve("lock");
        var inside = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        var holder = CompletableFuture.runAsync(() -> {
            try {
                FileMutex.hold(lock, () -> {
                    inside.countDown();
                    waitFor(leave);
                    return 1;
                });
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        });
        waitFor(inside);

        assertThatThrownBy(() -> FileMutex.hold(lock, Duration.ofMillis(20), () -> 2))
                .isInstanceOf(FileMutex.BusyException.class);
        leave.countDown();
        Await.result(holder);
        assertThat(FileMutex.hold(lock, () -> 3)).isEqualTo(3);
    }

    @Test
    void aVariantInUseIsNotFree() throws IOException {
        var variant = Files.createDirectory(root.resolve("v"));
        var one = VariantUse.claim(variant);
        var two = VariantUse.claim(variant);

        assertThat(VariantUse.isFree(variant)).isFalse();
        one.close();
        assertThat(VariantUse.isFree(variant)).isFalse();
        two.close();
        assertThat(VariantUse.isFree(variant)).isTrue();
    }

    private FailureKind kindOf(IOException failure) {
        return StoreFailure.translate(failure, "testing", root).failure().kind();
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            Await.until(() -> latch.getCount() == 0);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
