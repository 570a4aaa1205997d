package dev.quantgate.natives.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quantgate.natives.torch.FusedEncoder.Input;
import dev.quantgate.natives.torch.FusedEncoder.Matrix;
import dev.quantgate.natives.torch.FusedEncoder.Norm;
import dev.quantgate.natives.torch.FusedEncoder.Output;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FusedEncoderTest {

    // No multiple of what the kernels work in, so that every remainder is met.
    private static final int HIDDEN = 60;
    private static final int WIDE = 101;
    private static final int HEADS = 3;
    private static final int LAYERS = 3;
    private static final int TABLE = 300;
    private static final int[] LENGTHS = {1, 7, 33, 130, 2};
    private static final int LONGEST = 130;

    private final TensorArena arena = new TensorArena();

    @BeforeEach
    void start() {
        TorchRuntime.start(TorchSettings.defaults());
    }

    @AfterEach
    void free() {
        arena.close();
    }

    @ParameterizedTest
    @EnumSource(FusedEncoder.Function.class)
    void statesAreNearThoseOfTheLibrarysOperators(FusedEncoder.Function function) {
        Model model = new Model(function);
        FusedEncoder encoder = model.fused(arena, 1);
        float[] states = compute(encoder, Output.STATES, LENGTHS);

        for (int i = 0; i < LENGTHS.length; i++) {
            float[] expected = model.byOperators(input(LENGTHS[i]));
            float[] actual = Arrays.copyOfRange(states, i * LONGEST * HIDDEN, (i * LONGEST + LENGTHS[i]) * HIDDEN);
            // Activations are rounded to 7 or 8 bits and nothing else is.
            assertThat(cosine(actual, expected))
                    .as("input of %d tokens", LENGTHS[i])
                    .isGreaterThan(0.995);
        }
    }

    @Test
    void anInputsStatesDoNotDependOnItsCompany() {
        FusedEncoder encoder = new Model(FusedEncoder.Function.GELU).fused(arena, 1);
        float[] together = compute(encoder, Output.STATES, LENGTHS);

        for (int i = 0; i < LENGTHS.length; i++) {
            int from = i * LONGEST * HIDDEN;
            assertThat(Arrays.copyOfRange(together, from, from + LENGTHS[i] * HIDDEN))
                    .containsExactly(compute(encoder, Output.STATES, LENGTHS[i]));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void anyNumberOfThreadsComputesTheSame(int threads) {
        Model model = new Model(FusedEncoder.Function.GELU);
        FusedEncoder one = model.fused(arena, 1);
        FusedEncoder many = model.fused(arena, threads);

        for (Output output : Output.values()) {
            assertThat(compute(many, output, LENGTHS)).containsExactly(compute(one, output, LENGTHS));
            assertThat(compute(many, output, 1)).containsExactly(compute(one, output, 1));
        }
    }

    @Test
    void firstAndMeanAreMadeOfTheStates() {
        FusedEncoder encoder = new Model(FusedEncoder.Function.GELU).fused(arena, 1);
        float[] states = compute(encoder, Output.STATES, LENGTHS);
        float[] first = compute(encoder, Output.FIRST, LENGTHS);
        float[] mean = compute(encoder, Output.MEAN, LENGTHS);

        for (int i = 0; i < LENGTHS.length; i++) {
            for (int k = 0; k < HIDDEN; k++) {
                int at = i * LONGEST * HIDDEN + k;
                double sum = 0;
                for (int t = 0; t < LENGTHS[i]; t++) {
                    sum += states[at + t * HIDDEN];
                }
                assertThat(first[i * HIDDEN + k]).isEqualTo(states[at]);
                assertThat(mean[i * HIDDEN + k]).isCloseTo((float) (sum / LENGTHS[i]), within(1e-5f));
            }
        }
    }

    @Test
    void threadsMayCallAtTheSameTime() {
        FusedEncoder encoder = new Model(FusedEncoder.Function.GELU).fused(arena, 2);
        float[] expected = compute(encoder, Output.STATES, LENGTHS);

        assertThat(IntStream.range(0, 64).parallel().mapToObj(i -> compute(encoder, Output.STATES, LENGTHS)))
                .allSatisfy(states -> assertThat(states).containsExactly(expected));
    }

    @Test
    void residentMemoryStaysFlatOverManyCalls() throws Exception {
        FusedEncoder encoder = new Model(FusedEncoder.Function.GELU).fused(arena, 1);
        for (int i = 0; i < 10_000; i++) {
            compute(encoder, Output.MEAN, 3, 1 + i % 9);
        }
        long before = TestValues.residentBytes();

        for (int i = 0; i < 100_000; i++) {
            compute(encoder, Output.MEAN, 3, 1 + i % 9);
        }

        assertThat(TestValues.residentBytes() - before).isLessThan(24L << 20);
    }

    @Test
    void whatContradictsTheShapeIsRefused() {
        FusedEncoder encoder = new Model(FusedEncoder.Function.GELU).fused(arena, 1);
        TorchScope.run(() -> {
            TorchTensor vector = TorchTensor.ofFloats(new float[HIDDEN + 1], HIDDEN + 1);
            assertThatThrownBy(() -> encoder.set(0, Norm.OUTPUT, vector, vector))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("weight: FLOAT32, 61 elements (expected: FLOAT32, 60");
        });
        assertThatThrownBy(() -> encoder.apply(new Input(new long[3], new int[3], null, new int[] {2}), Output.MEAN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 ids (expected: 2");
        assertThatThrownBy(() -> encoder.apply(new Input(new long[0], new int[0], null, new int[] {0}), Output.MEAN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("length: 0 (expected: >= 1)");
    }

    private static float[] compute(FusedEncoder encoder, Output output, int... lengths) {
        return TorchScope.call(() -> encoder.apply(input(lengths), output).toFloats());
    }

    /** An input's tokens depend on its length alone. */
    private static Input input(int... lengths) {
        int count = Arrays.stream(lengths).sum();
        long[] ids = new long[count];
        int[] places = new int[count];
        long[] types = new long[count];
        int at = 0;
        for (int length : lengths) {
            for (int t = 0; t < length; t++, at++) {
                ids[at] = (t * 7L + length) % TABLE;
                places[at] = t;
                types[at] = t * 2 > length ? 1 : 0;
            }
        }
        return new Input(ids, places, types, lengths);
    }

    private static double cosine(float[] left, float[] right) {
        double dot = 0;
        double a = 0;
        double b = 0;
        for (int i = 0; i < left.length; i++) {
            dot += (double) left[i] * right[i];
            a += (double) left[i] * left[i];
            b += (double) right[i] * right[i];
        }
        return dot / Math.sqrt(a * b);
    }

    /** Weights, and both ways to compute with them. */
    private record Model(FusedEncoder.Function function) {

        private static final double EPSILON = 1e-6;

        private static TorchTensor values(long seed, float factor, float offset, long... shape) {
            int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            float[] values = TestValues.uniform(count, seed);
            for (int i = 0; i < count; i++) {
                values[i] = values[i] * factor + offset;
            }
            return TorchTensor.ofFloats(values, shape);
        }

        private static long rows(Matrix matrix) {
            return switch (matrix) {
                case PROJECTION -> 3L * HIDDEN;
                case ATTENTION_OUTPUT, CONTRACT -> HIDDEN;
                case EXPAND -> WIDE;
            };
        }

        private static long seed(int layer, Matrix matrix) {
            long first = switch (matrix) {
                case PROJECTION -> 10;
                case ATTENTION_OUTPUT -> 20;
                case EXPAND -> 30;
                case CONTRACT -> 40;
            };
            return first + layer;
        }

        private static QuantizedWeight weight(int layer, Matrix matrix) {
            long columns = matrix == Matrix.CONTRACT ? WIDE : HIDDEN;
            return QuantizedWeight.perChannel(values(seed(layer, matrix), 0.4f, 0, rows(matrix), columns));
        }

        private static TorchTensor bias(int layer, Matrix matrix) {
            return values(100 + seed(layer, matrix), 0.3f, 0, rows(matrix));
        }

        private static TorchTensor normWeight(int index) {
            return values(200L + index, 0.1f, 1, HIDDEN);
        }

        private static TorchTensor normBias(int index) {
            return values(300L + index, 0.1f, 0, HIDDEN);
        }

        private static TorchTensor table(int index, int rows) {
            return values(400L + index, 1, 0, rows, HIDDEN);
        }

        FusedEncoder fused(TensorArena arena, int threads) {
            return TorchScope.call(() -> {
                FusedEncoder encoder = FusedEncoder.create(
                        arena, new FusedEncoder.Shape(HIDDEN, HEADS, WIDE, LAYERS, function, EPSILON), threads);
                encoder.setEmbeddings(
                        arena.keep(table(0, TABLE)),
                        null,
                        arena.keep(table(1, TABLE)),
                        arena.keep(table(2, 2)),
                        normWeight(9),
                        normBias(9));
                for (int layer = 0; layer < LAYERS; layer++) {
                    for (Matrix matrix : Matrix.values()) {
                        encoder.set(layer, matrix, weight(layer, matrix), bias(layer, matrix));
                    }
                    encoder.set(layer, Norm.ATTENTION, normWeight(2 * layer), normBias(2 * layer));
                    encoder.set(layer, Norm.OUTPUT, normWeight(2 * layer + 1), normBias(2 * layer + 1));
                }
                return encoder;
            });
        }

        float[] byOperators(Input input) {
            return TorchScope.call(() -> {
                long tokens = input.ids().length;
                long[] places = Arrays.stream(input.places()).asLongStream().toArray();
                TorchTensor states = lookup(table(0, TABLE), input.ids());
                TorchOps.addInPlace(states, lookup(table(1, TABLE), places));
                TorchOps.addInPlace(states, lookup(table(2, 2), Objects.requireNonNull(input.types())));
                states = norm(states, 9);
                for (int layer = 0; layer < LAYERS; layer++) {
                    TorchTensor fused = apply(layer, Matrix.PROJECTION, states);
                    TorchTensor context =
                            TorchOps.selfAttention(TorchOps.reshape(fused, 1, tokens, 3L * HIDDEN), HEADS, null, false);
                    TorchTensor attended = apply(layer, Matrix.ATTENTION_OUTPUT, context);
                    TorchTensor middle = norm(TorchOps.addInPlace(attended, states), 2 * layer);
                    TorchTensor wide = apply(layer, Matrix.EXPAND, middle);
                    TorchTensor active = switch (function) {
                        case GELU -> TorchOps.geluInPlace(wide);
                        case GELU_TANH -> TorchOps.geluTanhInPlace(wide);
                        case RELU -> TorchOps.reluInPlace(wide);
                        case SILU -> TorchOps.siluInPlace(wide);
                    };
                    states = norm(TorchOps.addInPlace(apply(layer, Matrix.CONTRACT, active), middle), 2 * layer + 1);
                }
                return states.toFloats();
            });
        }

        private static TorchTensor lookup(TorchTensor table, long... rows) {
            return TorchOps.embedding(table, TorchTensor.ofLongs(rows, 1, rows.length));
        }

        private static TorchTensor norm(TorchTensor states, int index) {
            try (TensorArena layers = new TensorArena()) {
                return LayerNorm.of(layers, normWeight(index), normBias(index), EPSILON)
                        .apply(states);
            }
        }

        private static TorchTensor apply(int layer, Matrix matrix, TorchTensor input) {
            try (TensorArena layers = new TensorArena()) {
                return DenseLinear.of(layers, weight(layer, matrix).dequantized(), bias(layer, matrix))
                        .apply(input);
            }
        }
    }
}
