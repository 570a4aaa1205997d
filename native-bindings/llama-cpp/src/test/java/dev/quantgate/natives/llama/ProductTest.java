package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_F16;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_F32;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_I32;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q4_0;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q4_1;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_Q8_0;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_get_rows;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_mul_mat;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_permute;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_view_2d;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.natives.llama.bindings.ggml_tensor;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProductTest {
    private static final int MOST_COLUMNS = 130;

    @BeforeAll
    static void kernels() {
        Graph.requireOwnKernels();
    }

    @ParameterizedTest
    @CsvSource({"8,32", "8,1536", "16,576", "576,32", "576,1536", "1544,32", "1544,576", "1544,1536"})
    void productsAreRightAndAColumnsDoesNotDependOnTheOthers(int rows, int length) {
        for (int type : new int[] {GGML_TYPE_Q4_1, GGML_TYPE_Q8_0}) {
            PackedWeights weights = PackedWeights.random(type, length, rows, 7);
            float[] values = gaussian(length * MOST_COLUMNS, 11);
            float[] all = multiply(weights, values, 2);

            // The reference is slow, and a column from each place in a tile tells as much as all of them.
            int step = rows * length > 500_000 ? 9 : 1;
            for (int column = 0; column < MOST_COLUMNS; column += step) {
                assertClose(weights, column(values, column, length), column(all, column, rows));
            }
            for (int count : new int[] {1, 2, 3, 4, 5, 7, 33, 129}) {
                for (int first : new int[] {0, 1, MOST_COLUMNS - count}) {
                    float[] some = multiply(
                            weights,
                            Arrays.copyOfRange(values, first * length, (first + count) * length),
                            1 + count % 3);
                    assertThat(some)
                            .as("%s, %s columns from %s", PackedWeights.name(type), count, first)
                            .isEqualTo(Arrays.copyOfRange(all, first * rows, (first + count) * rows));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"-128,1", "-128,-1", "127,1", "127,-1", "0,1"})
    void sumsOfTheLargestQuantsOfEightBitsDoNotOverflow(int quant, int sign) {
        for (float scale : new float[] {0, 1, -1, Halves.toFloat(Halves.LARGEST), 6e-8f}) {
            PackedWeights weights = PackedWeights.uniform(GGML_TYPE_Q8_0, 1536, 8, scale, 0, quant);

            assertExtremes(weights, sign);
        }
    }

    @ParameterizedTest
    @CsvSource({"0xFF,1", "0xFF,-1", "0xF0,1", "0x0F,-1", "0x00,1"})
    void sumsOfTheLargestQuantsOfFourBitsDoNotOverflow(int quants, int sign) {
        for (float scale : new float[] {0, 1, -1, Halves.toFloat(Halves.LARGEST), 6e-8f}) {
            for (float min : new float[] {0, -8, -Halves.toFloat(Halves.LARGEST)}) {
                PackedWeights weights = PackedWeights.uniform(GGML_TYPE_Q4_1, 1536, 8, scale, min, quants);

                assertExtremes(weights, sign);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {1e30f, 1e-30f, 1e-37f, 1e-42f, Float.MIN_VALUE})
    void activationsMayBeHugeOrTiny(float size) {
        for (int type : new int[] {GGML_TYPE_Q4_1, GGML_TYPE_Q8_0}) {
            PackedWeights weights = PackedWeights.random(type, 576, 16, 3);
            float[] values = gaussian(576, 5);
            for (int i = 0; i < values.length; i++) {
                values[i] = i % 7 == 0 ? 0 : values[i] * size;
            }
            // Blocks do not share a scale.
            values[40] = 3;

            assertClose(weights, values, multiply(weights, values, 1));
        }
    }

    @Test
    void columnsOfZerosYieldZeros() {
        for (int type : new int[] {GGML_TYPE_Q4_1, GGML_TYPE_Q8_0}) {
            PackedWeights weights = PackedWeights.random(type, 576, 16, 3);
            float[] values = gaussian(3 * 576, 5);
            Arrays.fill(values, 576, 2 * 576, 0);

            float[] result = multiply(weights, values, 2);

            assertThat(column(result, 1, 16)).containsOnly(0);
            assertClose(weights, column(values, 2, 576), column(result, 2, 16));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void columnsMayLieApart(int threads) {
        int length = 96;
        PackedWeights weights = PackedWeights.random(GGML_TYPE_Q4_1, length, 24, 3);
        float[] values = gaussian(5 * 160, 5);
        float[] packed = new float[5 * length];
        for (int column = 0; column < 5; column++) {
            System.arraycopy(values, 32 + column * 160, packed, column * length, length);
        }
        try (Graph graph = new Graph(threads)) {
            ggml_tensor wide = graph.floats(values, 160, 5);
            ggml_tensor part = Graph.view(ggml_view_2d(graph.context(), wide, length, 5, 160 * 4, 32 * 4));
            ggml_tensor product = ggml_mul_mat(graph.context(), weights.in(graph), part);

            assertThat(graph.supports(product)).isTrue();
            assertThat(graph.compute(product)).isEqualTo(multiply(weights, packed, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void activationsMayHaveFourDimensionsInAnyOrder(int threads) {
        int length = 64;
        PackedWeights weights = PackedWeights.random(GGML_TYPE_Q8_0, length, 8, 3);
        float[] values = gaussian(length * 3 * 5 * 2, 5);
        float[] ordered = new float[values.length];
        for (int column = 0; column < 30; column++) {
            // Of dimensions 3, 5, 2 the first two change places.
            int from = column / 5 % 3 + column % 5 * 3 + column / 15 * 15;
            System.arraycopy(values, from * length, ordered, column * length, length);
        }
        try (Graph graph = new Graph(threads)) {
            ggml_tensor straight = graph.floats(values, length, 3, 5, 2);
            ggml_tensor permuted = Graph.view(ggml_permute(graph.context(), straight, 0, 2, 1, 3));
            ggml_tensor matrix = weights.in(graph);

            assertThat(graph.compute(ggml_mul_mat(graph.context(), matrix, straight)))
                    .isEqualTo(multiply(weights, values, 1));
            assertThat(graph.compute(ggml_mul_mat(graph.context(), matrix, permuted)))
                    .isEqualTo(multiply(weights, ordered, 1));
        }
    }

    @Test
    void onlyWhatTheKernelsComputeIsClaimed() {
        try (Graph graph = new Graph(1)) {
            ggml_tensor floats = graph.plain(GGML_TYPE_F32, 64, 2);
            ggml_tensor halves = graph.plain(GGML_TYPE_F16, 64, 2);
            ggml_tensor good = graph.weights(GGML_TYPE_Q4_1, 64, 16);

            assertThat(isClaimed(graph, good, floats)).isTrue();
            assertThat(isClaimed(graph, graph.weights(GGML_TYPE_Q8_0, 64, 16), floats))
                    .isTrue();
            assertThat(isClaimed(graph, good, halves)).isFalse();
            for (int type : new int[] {GGML_TYPE_Q4_0, GGML_TYPE_F16, GGML_TYPE_F32}) {
                assertThat(isClaimed(graph, graph.weights(type, 64, 16), floats))
                        .as("type %s", type)
                        .isFalse();
            }
            for (int rows : new int[] {1, 4, 7, 9, 12, 20}) {
                assertThat(isClaimed(graph, graph.weights(GGML_TYPE_Q4_1, 64, rows), floats))
                        .as("%s rows", rows)
                        .isFalse();
            }
            assertThat(isClaimed(graph, graph.weights(GGML_TYPE_Q4_1, 64, 16, 2), graph.plain(GGML_TYPE_F32, 64, 2, 2)))
                    .isFalse();
            assertThat(graph.supports(ggml_get_rows(graph.context(), good, graph.plain(GGML_TYPE_I32, 2))))
                    .isFalse();
        }
    }

    @Test
    void aViewOfWholeGroupsOfRowsIsClaimedAndNoOther() {
        long rowBytes = 128 / 32 * 34;
        PackedWeights weights = PackedWeights.random(GGML_TYPE_Q8_0, 128, 32, 3);
        float[] column = gaussian(128, 5);
        try (Graph graph = new Graph(1)) {
            ggml_tensor whole = weights.in(graph);
            ggml_tensor values = graph.floats(column, 128, 1);
            ggml_tensor end = Graph.view(ggml_view_2d(graph.context(), whole, 128, 16, rowBytes, 16 * rowBytes));
            ggml_tensor shifted = Graph.view(ggml_view_2d(graph.context(), whole, 128, 16, rowBytes, 4 * rowBytes));
            ggml_tensor left = Graph.view(ggml_view_2d(graph.context(), whole, 64, 16, rowBytes, 0));
            ggml_tensor product = ggml_mul_mat(graph.context(), end, values);

            assertThat(graph.supports(product)).isTrue();
            assertThat(graph.compute(product)).isEqualTo(Arrays.copyOfRange(multiply(weights, column, 1), 16, 32));
            assertThat(isClaimed(graph, shifted, values)).isFalse();
            assertThat(isClaimed(graph, left, graph.plain(GGML_TYPE_F32, 64, 1)))
                    .isFalse();
        }
    }

    private static boolean isClaimed(Graph graph, ggml_tensor weights, ggml_tensor values) {
        return graph.supports(ggml_mul_mat(graph.context(), weights, values));
    }

    private static float[] multiply(PackedWeights weights, float[] values, int threads) {
        try (Graph graph = new Graph(threads)) {
            ggml_tensor columns = graph.floats(values, weights.columns(), values.length / weights.columns());
            ggml_tensor product = ggml_mul_mat(graph.context(), weights.in(graph), columns);
            assertThat(graph.supports(product)).isTrue();
            return graph.compute(product);
        }
    }

    /** Activations that are all as large as their block allows, of one sign or of both. */
    private static void assertExtremes(PackedWeights weights, int sign) {
        float[] same = new float[weights.columns()];
        Arrays.fill(same, sign);
        float[] both = same.clone();
        IntStream.range(0, both.length).filter(i -> i % 2 == 0).forEach(i -> both[i] = -sign);
        for (float[] values : new float[][] {same, both}) {
            assertClose(weights, values, multiply(weights, values, 1));
        }
    }

    private static void assertClose(PackedWeights weights, float[] column, float[] actual) {
        PackedWeights.Sum[] expected = weights.times(column);
        for (int row = 0; row < actual.length; row++) {
            double off = Math.abs(actual[row] - expected[row].value());
            // Not isCloseTo: it would make a message for each of millions of numbers.
            if (!(off <= 1e-5 * expected[row].size())) {
                assertThat(actual[row]).as("row %s of %s", row, weights.rows()).isEqualTo((float)
                        expected[row].value());
            }
        }
    }

    private static float[] column(float[] values, int column, int length) {
        return Arrays.copyOfRange(values, column * length, (column + 1) * length);
    }

    private static float[] gaussian(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
