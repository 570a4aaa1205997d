package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportanceMatrixTest {
    private static final String WEIGHT = "blk.0.attn_q.weight";

    @Test
    void readsMeansFromGguf(@TempDir Path folder) throws Exception {
        Path path = ImportanceBytes.gguf().writeTo(folder.resolve("imatrix.gguf"));
        ImportanceMatrix matrix = ImportanceMatrix.read(path, Limits.DEFAULT);
        assertThat(matrix.tensorNames()).containsExactly(WEIGHT, "blk.0.up.weight");
        assertThat(matrix.values(WEIGHT).orElseThrow()).containsExactly(2, 4, 6, 8, 10, 12, 14, 16);
        assertThat(matrix.datasets()).containsExactly("calibration.txt");
        assertThat(matrix.chunkCount()).isEqualTo(7);
    }

    @Test
    void anExpertThatWasNeverUsedCountsAsOne() throws Exception {
        assertThat(read(ImportanceBytes.gguf().build())
                        .values("blk.0.up.weight")
                        .orElseThrow())
                .containsExactly(1, 2, 1, 1);
    }

    @Test
    void readsMeansFromTheOlderFormat(@TempDir Path folder) throws Exception {
        Path path = Files.write(folder.resolve("imatrix.dat"), ImportanceBytes.legacy(WEIGHT, 2, 2, 4, 6));
        ImportanceMatrix matrix = ImportanceMatrix.read(path, Limits.DEFAULT);
        assertThat(matrix.values(WEIGHT).orElseThrow()).containsExactly(1, 2, 3);
        assertThat(matrix.datasets()).containsExactly("text");
        assertThat(matrix.chunkCount()).isEqualTo(9);
    }

    @Test
    void theTrailerOfTheOlderFormatIsOptional() throws Exception {
        byte[] bytes = ImportanceBytes.legacy(WEIGHT, 0, 2, 4);
        ImportanceMatrix matrix = read(Arrays.copyOf(bytes, bytes.length - 12));
        assertThat(matrix.values(WEIGHT).orElseThrow()).containsExactly(2, 4);
        assertThat(matrix.datasets()).isEmpty();
    }

    @Test
    void refusesNaN() {
        GgufBytes file = ImportanceBytes.gguf();
        ImportanceBytes.add(file, "w", 1, 1, Float.NaN);
        assertRefused(file.build(), "w.in_sum2[1]: NaN (expected: a finite number >= 0)");
    }

    @Test
    void refusesInfinityInTheOlderFormat() {
        assertRefused(ImportanceBytes.legacy("w", 1, 3, Float.POSITIVE_INFINITY), "w[1]: Infinity (expected: a finite");
    }

    @Test
    void refusesANegativeCount() {
        GgufBytes file = ImportanceBytes.gguf();
        ImportanceBytes.add(file, "w", -1, 1);
        assertRefused(file.build(), "w.counts[0]: -1.0 (expected: a finite number >= 0)");
    }

    @Test
    void refusesSumsWithoutCounts() {
        assertRefused(
                ImportanceBytes.gguf().remove(WEIGHT + ".counts").build(),
                WEIGHT + ".counts: missing (expected: the counter");
    }

    @Test
    void refusesCountsWithoutSums() {
        assertRefused(
                ImportanceBytes.gguf().remove(WEIGHT + ".in_sum2").build(),
                WEIGHT + ".in_sum2: missing (expected: the counter");
    }

    @Test
    void refusesCountsThatDoNotDivideTheSums() {
        GgufBytes file =
                ImportanceBytes.gguf().tensor(WEIGHT + ".counts", GgmlType.F32, ImportanceBytes.floats(1, 1, 1), 1, 3);
        assertRefused(file.build(), WEIGHT + ".counts shape: [1, 3] (expected: one count per row");
    }

    @Test
    void refusesSumsOfAnotherType() {
        GgufBytes file = ImportanceBytes.gguf().zeros(WEIGHT + ".in_sum2", GgmlType.F16, 8);
        assertRefused(file.build(), WEIGHT + ".in_sum2 type: F16 (expected: F32)");
    }

    @Test
    void refusesAModel() {
        assertRefused(Verification.soundFile().build(), "general.type: model (expected: imatrix)");
    }

    @Test
    void refusesMissingMetadata() {
        assertRefused(ImportanceBytes.gguf().remove("imatrix.chunk_size").build(), "imatrix.chunk_size: missing");
        assertRefused(ImportanceBytes.gguf().remove("imatrix.datasets").build(), "imatrix.datasets: missing");
    }

    @Test
    void refusesImpossibleEntryCounts() {
        byte[] bytes = ImportanceBytes.legacy("w", 1, 1);
        bytes[3] = 0x7f;
        assertRefused(bytes, "importance matrix entries: 2130706433 (expected: 1 to 1)");
    }

    @Test
    void refusesMoreValuesThanTheFileHolds() {
        byte[] bytes = ImportanceBytes.legacy("w", 1, 1);
        bytes[16] = 1;
        assertRefused(bytes, "w: 67108868 bytes (expected: at most the 16 bytes left in the file");
    }

    @Test
    void fitsTheModelItWasMeasuredOn() throws Exception {
        GgufFile model = GgufFile.read(new BytesSource(Verification.soundFile().build()), Limits.DEFAULT);
        ImportanceMatrix matrix = read(ImportanceBytes.gguf().build());
        assertThatCode(() -> matrix.requireFits(model)).doesNotThrowAnyException();
    }

    @Test
    void refusesAnotherModel() throws Exception {
        GgufFile model = GgufFile.read(new BytesSource(Verification.soundFile().build()), Limits.DEFAULT);
        assertThatThrownBy(() -> read(ImportanceBytes.legacy(WEIGHT, 1, 1, 2)).requireFits(model))
                .isInstanceOf(GgufFormatException.class)
                .hasMessage(
                        WEIGHT + " importance: 2 values (expected: 8 values, as the model's tensor has shape [8, 8])");
        assertThatThrownBy(() -> read(ImportanceBytes.legacy("other", 1, 1)).requireFits(model))
                .hasMessage("importance matrix: 1 entries (expected: entries for tensors of this model)");
    }

    @Test
    void valuesAreCopies() throws Exception {
        ImportanceMatrix matrix = read(ImportanceBytes.legacy("w", 1, 1));
        matrix.values("w").orElseThrow()[0] = 5;
        assertThat(matrix.values("w").orElseThrow()).containsExactly(1);
        assertThat(matrix.values("other")).isEmpty();
    }

    private static ImportanceMatrix read(byte[] bytes) throws IOException {
        return ImportanceMatrix.read(new BytesSource(bytes), Limits.DEFAULT);
    }

    private static void assertRefused(byte[] bytes, String message) {
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(GgufFormatException.class)
                .hasMessageStartingWith(message);
    }
}
