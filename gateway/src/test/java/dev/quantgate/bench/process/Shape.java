package dev.quantgate.bench.process;

/**
 * What every contender of a contest gets.
 *
 * @param threads native threads
 * @param sequences requests that run at once
 * @param contextTokens room of each in the KV cache
 */
public record Shape(int threads, int sequences, int contextTokens) {
    /** Room of all sequences together. */
    public int totalTokens() {
        return sequences * contextTokens;
    }

    /** The same with a number of sequences. */
    public Shape withSequences(int value) {
        return new Shape(threads, value, contextTokens);
    }

    /** The same with a room for each. */
    public Shape withContextTokens(int value) {
        return new Shape(threads, sequences, value);
    }
}
