package dev.quantgate.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactCopyTest {
    @TempDir
    Path temp;

    private Path source;
    private Path target;

    @BeforeEach
    void makeFolders() throws IOException {
        source = Files.createDirectories(temp.resolve("snapshots/commit"));
        target = Files.createDirectories(temp.resolve("target"));
    }

    @Test
    void aFolderIsCopiedAndHashedWithoutHiddenFiles() throws IOException {
        Files.writeString(source.resolve("config.json"), "{}");
        Files.createDirectories(source.resolve("1_Pooling"));
        Files.writeString(source.resolve("1_Pooling/config.json"), "pool");
        Files.createDirectories(source.resolve(".git"));
        Files.writeString(source.resolve(".git/HEAD"), "x");

        var files = copy(source);

        assertThat(files).isEqualTo(StoredFile.hashAll(target));
        assertThat(files).extracting(StoredFile::name).containsExactly("1_Pooling/config.json", "config.json");
        assertThat(files.get(0).sha256()).isEqualTo(Sha256.ofText("pool"));
    }

    @Test
    void aFileOfSeveralChunksIsTheSame() throws IOException {
        var content = new byte[(8 << 20) * 2 + 12345];
        new Random(7).nextBytes(content);
        var file = Files.write(source.resolve("big"), content);

        copy(file);

        assertThat(target.resolve("big")).hasBinaryContent(content);
    }

    @Test
    void aLinkOutOfTheFolderIsRefused() throws IOException {
        var secret = Files.writeString(temp.resolve("secret"), "s");
        Files.createSymbolicLink(source.resolve("config.json"), secret);

        assertThatThrownBy(() -> ArtifactCopy.plan(source))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("symbolic link");
    }

    @Test
    void aLinkIntoTheBlobsOfTheSameCacheIsFollowed() throws IOException {
        Files.createDirectories(temp.resolve("blobs"));
        Files.writeString(temp.resolve("blobs/abc"), "weights");
        Files.createSymbolicLink(source.resolve("model.safetensors"), Path.of("../../blobs/abc"));

        copy(source);

        assertThat(target.resolve("model.safetensors")).isRegularFile().hasContent("weights");
        assertThat(Files.isSymbolicLink(target.resolve("model.safetensors"))).isFalse();
    }

    @Test
    void aSourceThatGrowsOrShrinksMeanwhileIsRefused() throws IOException {
        var file = Files.write(source.resolve("big"), new byte[10 << 20]);
        var plan = ArtifactCopy.plan(file);
        assertThatThrownBy(() -> plan.into(target, (fraction, step) -> append(file), new Cancellation()))
                .satisfies(ArtifactCopyTest::isChange);

        var shrinking = ArtifactCopy.plan(file);
        Files.write(file, new byte[100]);
        var other = Files.createDirectories(temp.resolve("other"));
        assertThatThrownBy(() -> shrinking.into(other, (fraction, step) -> {}, new Cancellation()))
                .satisfies(ArtifactCopyTest::isChange);
    }

    @Test
    void aCancelStopsTheCopy() throws IOException {
        var file = Files.write(source.resolve("big"), new byte[20 << 20]);
        var cancellation = new Cancellation();
        var plan = ArtifactCopy.plan(file);

        assertThatThrownBy(() -> plan.into(target, (fraction, step) -> cancellation.cancel(), cancellation))
                .satisfies(cancelled -> assertThat(WorkerFailure.find(cancelled))
                        .map(WorkerFailure::kind)
                        .contains(FailureKind.CANCELLED));
        assertThat(Files.size(target.resolve("big"))).isEqualTo(8 << 20);
    }

    @Test
    void namesOfTheStoresOwnFilesAreRefused() throws IOException {
        Files.writeString(source.resolve("manifest.json"), "{}");

        assertThatThrownBy(() -> ArtifactCopy.plan(source)).hasMessageContaining("manifest.json");
    }

    private List<StoredFile> copy(Path from) throws IOException {
        return ArtifactCopy.plan(from).into(target, (fraction, step) -> {}, new Cancellation());
    }

    private static void append(Path file) {
        try {
            Files.write(file, new byte[1], StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void isChange(Throwable refused) {
        assertThat(WorkerFailure.find(refused)).map(WorkerFailure::kind).contains(FailureKind.FAILED_PRECONDITION);
        assertThat(refused).hasMessageContaining("changed while it was copied");
    }
}
