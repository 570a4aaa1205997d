package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.Checks.require;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_sample_rows;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Samples any number of rows of a decoded batch in one native call. Filled and used again and again; it owns no
 * resources; one thread at a time.
 */
public final class SampleBatch {
    // Marks a chain; samplers are aligned, so the bit is free.
    private static final long CHAIN = 1;

    private final int capacity;
    private final ByteBuffer block;
    private final long address;
    private final int rowsAt;
    private final int tokensAt;
    private final int logprobsAt;
    private int size;

    /** Creates an empty batch for so many rows. */
    public SampleBatch(int capacityRows) {
        capacity = require(capacityRows, 1, 1 << 20, "capacityRows");
        rowsAt = capacity * Long.BYTES;
        tokensAt = rowsAt + capacity * Integer.BYTES;
        logprobsAt = tokensAt + capacity * Integer.BYTES;
        block = DirectMemory.allocate((long) logprobsAt + (long) capacity * Float.BYTES);
        address = DirectMemory.address(block);
    }

    /** Empties the batch. */
    public void clear() {
        size = 0;
    }

    /** Returns the number of rows in it. */
    public int size() {
        return size;
    }

    /**
     * Adds a row to sample and returns the index of its result.
     *
     * @param row what {@link LlamaBatch#add} returned for a token with output
     */
    public int add(int row, RowSampler sampler) {
        return add(row, sampler.address());
    }

    /** Adds a row for a chain, whether it runs in the graph or not; see {@link #add(int, RowSampler)}. */
    public int add(int row, SamplerChain chain) {
        return add(row, chain.address() | CHAIN);
    }

    /**
     * Samples all rows, and tells each sampler of its token.
     *
     * @throws LlamaException when a row has no logits, or a grammar allows no token
     */
    public void run(LlamaContext context) {
        if (size == 0) {
            return;
        }
        try {
            qg_sample_rows(context.pointer(), address, capacity, size);
        } catch (RuntimeException e) {
            throw context.fail(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Returns the token chosen for a row. */
    public int token(int index) {
        return block.getInt(tokensAt + requireIndex(index) * Integer.BYTES);
    }

    /** Returns the log-probability of that token, NaN when not asked for. */
    public float logprob(int index) {
        return block.getFloat(logprobsAt + requireIndex(index) * Float.BYTES);
    }

    private int add(int row, long sampler) {
        if (size == capacity) {
            throw new IllegalStateException("the batch is full: " + capacity + " rows");
        }
        require(row, 0, Integer.MAX_VALUE, "row");
        block.putLong(size * Long.BYTES, sampler);
        block.putInt(rowsAt + size * Integer.BYTES, row);
        return size++;
    }

    private int requireIndex(int index) {
        return require(index, 0, size - 1, "index");
    }
}
