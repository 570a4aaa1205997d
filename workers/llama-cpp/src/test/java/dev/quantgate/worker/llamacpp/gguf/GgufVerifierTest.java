package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufVerifierTest {
    @TempDir
    Path folder;

    @Test
    void readsAWholeModel() throws Exception {
        Path path = TinyGguf.llama().writeTo(folder.resolve("tiny.gguf"));
        GgufInfo info = GgufVerifier.verify(path);
        HyperParameters parameters = info.hyperParameters();
        assertThat(parameters.architecture()).isEqualTo("llama");
        assertThat(parameters.contextTokens()).isEqualTo(512);
        assertThat(parameters.embeddingLength()).isEqualTo(256);
        assertThat(parameters.headCounts()).containsExactly(4, 4);
        assertThat(parameters.headCountsKv()).containsExactly(1, 1);
        assertThat(parameters.keyLength()).isEqualTo(64);
        assertThat(info.vocabulary().tokenCount()).isEqualTo(512);
        assertThat(info.declaredType()).contains(QuantizationType.F16);
        assertThat(info.majorityType()).isEqualTo(GgmlType.F16);
        assertThat(info.isQuantized()).isFalse();
        assertThat(info.warnings()).isEmpty();
    }

    @Test
    void acceptsVersionTwo() throws Exception {
        assertThat(Verification.verify(Verification.soundFile().version(2))
                        .file()
                        .version())
                .isEqualTo(2);
    }

    @Test
    void addsUpTheRealMixOfTypes() throws Exception {
        GgufBytes file = TinyGguf.llama().file().zeros("output.weight", GgmlType.Q6_K, 256, 512);
        GgufInfo info = Verification.verify(file);
        assertThat(info.typeMix()).containsOnlyKeys(GgmlType.F32, GgmlType.F16, GgmlType.Q6_K);
        assertThat(info.typeMix().get(GgmlType.Q6_K)).isEqualTo(new GgufInfo.TypeShare(1, 512 * 210));
        assertThat(info.typeMix().get(GgmlType.F32)).isEqualTo(new GgufInfo.TypeShare(5, 5 * 1024));
        assertThat(info.isQuantized()).isTrue();
    }

    @Test
    void readsTheVocabularyOnRequest() throws Exception {
        Path path = TinyGguf.llama().writeTo(folder.resolve("tiny.gguf"));
        assertThat(GgufFile.read(path).readStrings(path, "tokenizer.ggml.tokens"))
                .hasSize(512)
                .startsWith("<unk>", "<s>", "</s>", "<0x00>");
        assertThat(GgufFile.read(path).readStrings(path, "tokenizer.ggml.scores"))
                .isEmpty();
    }

    @Test
    void metadataKeepsItsOrderAndTypes() throws Exception {
        GgufFile file = GgufFile.read(new BytesSource(Verification.soundFile().build()), Limits.DEFAULT);
        assertThat(file.metadata().keySet()).startsWith("general.architecture", "general.type", "general.name");
        assertThat(file.metadata().get("llama.block_count")).isEqualTo(new GgufValue.Whole(GgufValueType.UINT32, 1));
        assertThat(file.text("general.name")).contains("Tiny random llama");
        assertThat(file.text("llama.block_count")).isEmpty();
    }

    @Test
    void tensorsLieWhereTheFileSays() throws Exception {
        byte[] bytes = Verification.soundFile().build();
        GgufFile file = GgufFile.read(new BytesSource(bytes), Limits.DEFAULT);
        TensorInfo norm = Objects.requireNonNull(file.tensors().get("blk.0.attn_norm.weight"));
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(data.getFloat((int) (file.dataOffsetBytes() + norm.offsetBytes())))
                .isEqualTo(1f);
        assertThat(norm.dims()).containsExactly(8L);
        assertThat(norm.elements()).isEqualTo(8);
    }

    @Test
    void aMissingFileIsAnIoFailure() {
        assertThatThrownBy(() -> GgufVerifier.verify(folder.resolve("none.gguf")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void refusesAFolder() {
        assertThatThrownBy(() -> GgufVerifier.verify(folder))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage("file: a directory or a device (expected: a regular file)");
    }

    @Test
    void refusesAFileThatShrinksWhileItIsRead() throws Exception {
        Path path = TinyGguf.llama().writeTo(folder.resolve("tiny.gguf"));
        try (ByteSource source = FileByteSource.open(path);
                RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(1000);
            assertThatThrownBy(() -> GgufVerifier.verify(source, Limits.DEFAULT))
                    .isInstanceOf(GgufFormatException.class)
                    .hasMessageStartingWith("file: 1000 bytes (expected: ");
        }
    }

    @Test
    void verifiesTensorsBeyondTwoGibibytes() throws Exception {
        byte[] bytes = new GgufBytes()
                .string("general.architecture", "large")
                .tensor("w", GgmlType.F32, new byte[0], 1 << 20, 1 << 10)
                .build();
        Path path = Files.write(folder.resolve("large.gguf"), bytes);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength((4L << 30) + bytes.length); // Sparse: takes no space.
        }
        assertThat(GgufVerifier.verify(path).weightsBytes()).isEqualTo(4L << 30);
    }

    @Test
    void failuresNameTheirField() {
        assertThatThrownBy(() -> Verification.verify(Verification.soundFile().uint32("llama.block_count", 0)))
                .isInstanceOfSatisfying(
                        GgufFormatException.class,
                        failure -> assertThat(failure.field()).isEqualTo("llama.block_count"));
    }

    @Test
    void passesOnFailuresOfTheDisk() {
        ByteSource broken = new ByteSource() {
            @Override
            public long sizeBytes() {
                return 100;
            }

            @Override
            public void read(long positionBytes, ByteBuffer target) throws IOException {
                throw new IOException("I/O error");
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> GgufVerifier.verify(broken, Limits.DEFAULT)).hasMessage("I/O error");
    }
}
