package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.natives.llama.AttentionInput.Shape;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionTest {
    private static final double OURS = 1e-5;
    /** llama.cpp adds up in float16. */
    private static final double STOCK = 1e-2;

    private static final Shape SMALL = new Shape(64, 64, 9, 3, 7, 512, 1);

    @BeforeAll
    static void kernels() {
        Graph.requireOwnKernels();
    }

    @ParameterizedTest
    @CsvSource({
        "64,64,1,1,1,256",
        "64,64,9,3,1,1024",
        "64,64,9,3,7,512",
        "64,64,9,3,40,256",
        "64,64,32,1,5,256",
        "128,128,8,1,2,512",
        "128,128,8,8,7,256",
        "128,128,12,4,40,512",
        "96,64,8,8,2,1024",
        "96,64,12,4,7,64",
        "80,96,8,1,7,320",
        "80,96,9,3,40,256",
        "256,256,4,2,7,256",
        "8,32,4,2,3,192"
    })
    void isRightForEachShape(int keys, int values, int heads, int kvHeads, int rows, int cells) {
        Shape shape = new Shape(keys, values, heads, kvHeads, rows, cells, 1);
        for (int threads : new int[] {1, 2}) {
            AttentionInput causal = causal(shape, 5);
            assertRight(causal, causal.compute(threads), OURS);
        }
    }

    @ParameterizedTest
    @CsvSource({"80,80,8,8", "64,48,4,2", "264,256,2,1", "64,64,33,1"})
    void isRightForShapesThatAreNotOurs(int keys, int values, int heads, int kvHeads) {
        AttentionInput causal = causal(new Shape(keys, values, heads, kvHeads, 7, 256, 1), 5);

        assertRight(causal, causal.compute(2), STOCK);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 40})
    void sequencesInOnePoolDoNotSeeEachOther(int rows) {
        Shape shape = SMALL.withRows(rows);
        AttentionInput input = AttentionInput.random(shape, 3).see((row, cell) -> cell % 5 == row % 5 && cell < 400);

        assertRight(input, input.compute(2), OURS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 40})
    void anySetOfCellsMayBeSeen(int rows) {
        for (double share : new double[] {0.002, 0.1, 0.9}) {
            Random random = new Random(rows);
            AttentionInput input = AttentionInput.random(SMALL.withRows(rows), 3)
                    .see((row, cell) -> cell == 511 - row || random.nextDouble() < share);

            assertRight(input, input.compute(2), OURS);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,0", "2,0", "2,1", "40,0", "40,17", "40,39"})
    void aRowThatSeesNothingYieldsZeros(int rows, int blind) {
        AttentionInput input =
                AttentionInput.random(SMALL.withRows(rows), 3).see((row, cell) -> row != blind && cell <= 300 + row);

        float[] result = input.compute(2);

        assertThat(row(input, result, blind)).containsOnly(0);
        assertRight(input, result, OURS);
    }

    @Test
    void hugeAndTinyScoresAreWithinReach() {
        AttentionInput input = causal(SMALL, 3);
        for (int i = 0; i < input.queries.length; i++) {
            input.queries[i] *= i / SMALL.keySize() % 2 == 0 ? 300 : 1e-6f;
        }

        // A score of 5000 is a float that is off by up to 2e-4.
        assertRight(input, input.compute(2), 2e-2);
    }

    @ParameterizedTest
    @CsvSource({"1,256", "1,1024", "7,512", "80,256"})
    void aMaskOfOtherValuesIsAddedToTheScores(int rows, int cells) {
        AttentionInput input = causal(SMALL.withRows(rows).withCells(cells), 3);
        input.mask[input.shape.maskAt(rows - 1, 3)] = Halves.of(-1.5f);
        input.mask[input.shape.maskAt(0, 0)] = Halves.of(2);

        for (int threads : new int[] {1, 2, 3}) {
            assertRight(input, input.compute(threads), STOCK);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 40})
    void streamsHaveCellsAndMasksOfTheirOwn(int rows) {
        AttentionInput input = AttentionInput.random(new Shape(64, 64, 9, 3, rows, 320, 3), 3)
                .see((row, cell) -> cell < 10 + 100 * (row / rows) + row % rows);

        assertRight(input, input.compute(2), OURS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 80})
    void biasesCapsAndSinksAreHeeded(int rows) {
        Shape shape = new Shape(64, 64, 8, 2, rows, 256, 1);
        AttentionInput alibi = causal(shape, 3);
        alibi.maxBias = 8;
        for (int i = 0; i < alibi.mask.length; i++) {
            alibi.mask[i] = alibi.mask[i] == 0 ? Halves.of(-(i % 7)) : alibi.mask[i];
        }
        AttentionInput capped = causal(shape, 3);
        capped.softCap = 2;
        AttentionInput sunk = causal(shape, 3);
        sunk.sinks = new float[] {1, 2, 3, 4, 5, 6, 7, 8};

        for (AttentionInput input : new AttentionInput[] {alibi, capped, sunk}) {
            assertRight(input, input.compute(2), STOCK);
        }
    }

    @ParameterizedTest
    @CsvSource({"9,3,512", "12,4,256", "32,1,320", "1,1,1024"})
    void aRowsResultDoesNotDependOnTheRowsBesideIt(int heads, int kvHeads, int cells) {
        AttentionInput input = causal(new Shape(64, 64, heads, kvHeads, 40, cells, 1), 3);
        float[] all = input.compute(2);

        for (int count : new int[] {1, 2, 3, 7, 39}) {
            for (int first = 0; first + count <= 40; first += Math.max(count, 5)) {
                assertThat(input.rows(first, first + count).compute(1 + count % 3))
                        .as("%s rows from %s", count, first)
                        .isEqualTo(rows(input, all, first, first + count));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 40})
    void aRowsResultDoesNotDependOnTheThreads(int rows) {
        AttentionInput input = causal(SMALL.withRows(rows).withCells(1024), 3);
        float[] one = input.compute(1);

        for (int threads : new int[] {2, 3, 8, 13}) {
            assertThat(input.compute(threads)).as("%s threads", threads).isEqualTo(one);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 40})
    void whatIsHiddenBetweenTheCellsIsNotEvenLookedAt(int rows) {
        AttentionInput dense = causal(SMALL.withRows(rows), 3);
        float[] expected = dense.compute(2);
        for (int cells : new int[] {576, 1024, 4096}) {
            int[] places = new Random(cells)
                    .ints(0, cells)
                    .distinct()
                    .limit(dense.shape.cells())
                    .sorted()
                    .toArray();

            assertThat(dense.spread(cells, places).compute(2))
                    .as("%s cells", cells)
                    .isEqualTo(expected);
        }
    }

    @Test
    void whatOnlyLaterRowsSeeDoesNotReachARow() {
        AttentionInput input = causal(SMALL, 3);
        float[] expected = rows(input, input.compute(1), 0, 6);
        int lastCell = SMALL.cells() - 1;
        Arrays.fill(input.keys, lastCell * 3 * 64, (lastCell + 1) * 3 * 64, Halves.NOT_A_NUMBER);
        Arrays.fill(input.values, lastCell * 3 * 64, (lastCell + 1) * 3 * 64, Halves.NOT_A_NUMBER);

        assertThat(rows(input, input.compute(1), 0, 6)).isEqualTo(expected);
    }

    /** Row by row one more cell is seen; the last row sees all. */
    private static AttentionInput causal(Shape shape, long seed) {
        return AttentionInput.random(shape, seed).see((row, cell) -> cell <= shape.cells() - shape.rows() + row);
    }

    private static void assertRight(AttentionInput input, float[] actual, double tolerance) {
        int size = input.shape.valueSize();
        // The reference is slow: of many rows it takes some.
        int step = input.shape.rows() > 10 ? 3 : 1;
        IntStream.range(0, input.shape.rowsOfAll() * input.shape.heads())
                .filter(i -> i / input.shape.heads() % step == 0 || i / input.shape.heads() == input.shape.rows() - 1)
                .forEach(i -> {
                    int row = i / input.shape.heads();
                    int head = i % input.shape.heads();
                    AttentionReference expected = new AttentionReference(input, row, head);
                    for (int j = 0; j < size; j++) {
                        double off = Math.abs(actual[i * size + j] - expected.values[j]);
                        if (!(off <= tolerance * expected.sizes[j])) {
                            assertThat(actual[i * size + j])
                                    .as("row %s, head %s, value %s", row, head, j)
                                    .isEqualTo((float) expected.values[j]);
                        }
                    }
                });
    }

    private static float[] row(AttentionInput input, float[] result, int row) {
        return rows(input, result, row, row + 1);
    }

    private static float[] rows(AttentionInput input, float[] result, int from, int to) {
        int size = input.shape.outputSize();
        return Arrays.copyOfRange(result, from * size, to * size);
    }
}
