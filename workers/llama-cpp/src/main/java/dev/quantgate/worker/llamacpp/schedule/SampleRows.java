package dev.quantgate.worker.llamacpp.schedule;

/** Rows of a decoded batch from which tokens are to be chosen, and the choices: parallel arrays, reused at each step. */
public final class SampleRows {
    static final int NO_TOKEN = -1;

    private final int[] rows;
    private final TokenSampler[] samplers;
    private final int[] tokens;
    private int size;

    SampleRows(int capacity) {
        rows = new int[capacity];
        samplers = new TokenSampler[capacity];
        tokens = new int[capacity];
    }

    public int size() {
        return size;
    }

    /** Index into the batch. */
    public int row(int index) {
        return rows[index];
    }

    public TokenSampler sampler(int index) {
        return samplers[index];
    }

    /** For the engine: records the choice. */
    public void choose(int index, int token) {
        tokens[index] = token;
    }

    /** For the engine: no token is allowed in this row. */
    public void refuse(int index) {
        tokens[index] = NO_TOKEN;
    }

    int token(int index) {
        return tokens[index];
    }

    void clear() {
        size = 0;
    }

    void add(int row, TokenSampler sampler) {
        rows[size] = row;
        samplers[size] = sampler;
        size++;
    }
}
