package dev.quantgate.worker.llamacpp.schedule;

/** The tokens of one decode step, as parallel arrays that are filled anew for each step. */
public final class StepBatch {
    private final int[] tokens;
    private final int[] positions;
    private final int[] sequences;
    private final boolean[] outputs;
    private int size;

    StepBatch(int capacity) {
        tokens = new int[capacity];
        positions = new int[capacity];
        sequences = new int[capacity];
        outputs = new boolean[capacity];
    }

    int capacity() {
        return tokens.length;
    }

    public int size() {
        return size;
    }

    public int token(int row) {
        return tokens[row];
    }

    public int position(int row) {
        return positions[row];
    }

    public int sequence(int row) {
        return sequences[row];
    }

    /** Whether the next token will be sampled from this row. */
    public boolean output(int row) {
        return outputs[row];
    }

    void clear() {
        size = 0;
    }

    /** Appends a token that is only guessed, with an output. */
    void addGuess(int token, int position, int sequence) {
        tokens[size] = token;
        positions[size] = position;
        sequences[size] = sequence;
        outputs[size] = true;
        size++;
    }

    /** Appends {@code count} tokens of a sequence and returns the row of the last; only that one may have an output. */
    int add(TokenList source, int from, int count, int sequence, boolean output) {
        for (int i = 0; i < count; i++) {
            tokens[size] = source.get(from + i);
            positions[size] = from + i;
            sequences[size] = sequence;
            outputs[size] = output && i == count - 1;
            size++;
        }
        return size - 1;
    }
}
