package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.Checks.require;

import java.nio.ByteBuffer;

/**
 * The tokens of one decode call: a fixed block of memory that is filled again and again.
 *
 * <p>Adding a token writes a few numbers and calls nothing. It owns no resources; one thread at a time.
 */
public final class LlamaBatch {
    private static final int MAX_TOKENS = 1 << 20;

    private final int capacity;
    private final int sequencesPerToken;
    private final ByteBuffer block;
    private final long address;
    private final int positionsAt;
    private final int countsAt;
    private final int sequencesAt;
    private final int outputsAt;
    private int size;
    private int outputs;
    private int highestSequence = -1;

    /** Creates an empty batch for tokens of one sequence each. */
    public LlamaBatch(int capacityTokens) {
        this(capacityTokens, 1);
    }

    /**
     * Creates an empty batch.
     *
     * @param capacityTokens most tokens it can hold
     * @param maxSequencesPerToken most sequences that one token can belong to
     */
    public LlamaBatch(int capacityTokens, int maxSequencesPerToken) {
        capacity = require(capacityTokens, 1, MAX_TOKENS, "capacityTokens");
        sequencesPerToken = require(maxSequencesPerToken, 1, 256, "maxSequencesPerToken");
        int column = capacity * Integer.BYTES;
        positionsAt = column;
        countsAt = 2 * column;
        sequencesAt = 3 * column;
        outputsAt = Math.addExact(sequencesAt, Math.multiplyExact(column, sequencesPerToken));
        block = DirectMemory.allocate((long) outputsAt + capacity);
        address = DirectMemory.address(block);
    }

    /** Empties the batch. */
    public void clear() {
        size = 0;
        outputs = 0;
        highestSequence = -1;
    }

    /** Returns the number of tokens in it. */
    public int size() {
        return size;
    }

    /** Returns the most tokens it can hold. */
    public int capacity() {
        return capacity;
    }

    /** Returns how many more tokens fit. */
    public int remaining() {
        return capacity - size;
    }

    /** Returns how many of its tokens asked for an output. */
    public int outputs() {
        return outputs;
    }

    /**
     * Adds a token of one sequence and returns its index, which names its row of logits after the decode.
     *
     * @param output whether logits (or embeddings) are wanted after this token
     * @throws IllegalStateException when the batch is full
     */
    public int add(int token, int position, int sequence, boolean output) {
        int index = append(token, position, 1, output);
        putSequence(index, 0, sequence);
        return index;
    }

    /** Adds a token shared by several sequences; see {@link #add(int, int, int, boolean)}. */
    public int add(int token, int position, int[] sequences, boolean output) {
        require(sequences.length, 1, sequencesPerToken, "sequences.length");
        int index = append(token, position, sequences.length, output);
        for (int i = 0; i < sequences.length; i++) {
            putSequence(index, i, sequences[i]);
        }
        return index;
    }

    /** Returns the token at an index. */
    public int token(int index) {
        return block.getInt(requireIndex(index) * Integer.BYTES);
    }

    /** Returns the position at an index. */
    public int position(int index) {
        return block.getInt(positionsAt + requireIndex(index) * Integer.BYTES);
    }

    /** Returns whether the token at an index asked for an output. */
    public boolean hasOutput(int index) {
        return block.get(outputsAt + requireIndex(index)) != 0;
    }

    long address() {
        return address;
    }

    int sequencesPerToken() {
        return sequencesPerToken;
    }

    int highestSequence() {
        return highestSequence;
    }

    private int append(int token, int position, int sequences, boolean output) {
        if (size == capacity) {
            throw new IllegalStateException("the batch is full: " + capacity + " tokens");
        }
        int index = size++;
        int offset = index * Integer.BYTES;
        block.putInt(offset, token);
        block.putInt(positionsAt + offset, position);
        block.putInt(countsAt + offset, sequences);
        block.put(outputsAt + index, (byte) (output ? 1 : 0));
        outputs += output ? 1 : 0;
        return index;
    }

    private void putSequence(int index, int slot, int sequence) {
        if (sequence < 0) {
            size--;
            throw new IllegalArgumentException("sequence: " + sequence + " (expected: >= 0)");
        }
        block.putInt(sequencesAt + (index * sequencesPerToken + slot) * Integer.BYTES, sequence);
        highestSequence = Math.max(highestSequence, sequence);
    }

    private int requireIndex(int index) {
        return require(index, 0, size - 1, "index");
    }
}
