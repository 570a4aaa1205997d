package dev.quantgate.bench.encoders;

import java.util.List;

/**
 * Sizes of one batch.
 *
 * @param batch inputs, at least 1
 * @param tokens tokens of each, at least 1
 */
record InputShape(int batch, int tokens) {
    static final List<InputShape> ALL =
            List.of(new InputShape(1, 16), new InputShape(1, 128), new InputShape(1, 512), new InputShape(8, 128));

    // Random ids, but none of the special ones and none beyond the smallest vocabulary.
    private static final int FIRST_ID = 1_000;
    private static final int ID_COUNT = 20_000;

    long[][] ids() {
        var random = new java.util.Random(1);
        var rows = new long[batch][];
        for (int row = 0; row < batch; row++) {
            rows[row] = random.longs(tokens, FIRST_ID, FIRST_ID + ID_COUNT).toArray();
        }
        return rows;
    }

    @Override
    public String toString() {
        return batch + "x" + tokens;
    }
}
