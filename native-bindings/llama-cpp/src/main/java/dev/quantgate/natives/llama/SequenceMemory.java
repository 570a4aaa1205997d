package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_get_memory;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_memory_can_shift;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_memory_clear;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_memory_seq_add;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_memory_seq_cp;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_memory_seq_keep;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_memory_seq_pos_max;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_memory_seq_pos_min;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_memory_seq_rm;

import dev.quantgate.natives.llama.bindings.llama_memory_i;

/**
 * The KV cache of a context, by sequence. Ranges of positions are half open; -1 as an end means without end.
 *
 * <p>Every method needs a sequence id within the context's limit, and the thread that owns the context.
 */
public final class SequenceMemory {
    private final LlamaContext context;

    SequenceMemory(LlamaContext context) {
        this.context = context;
    }

    /** Forgets positions of a sequence; returns whether that was possible (a recurrent state cannot be cut). */
    public boolean remove(int sequence, int from, int to) {
        context.requireSequence(sequence);
        return context.call(() -> llama_memory_seq_rm(memory(), sequence, from, to));
    }

    /** Forgets a whole sequence. */
    public void remove(int sequence) {
        remove(sequence, -1, -1);
    }

    /** Lets another sequence share positions of one; with a unified cache nothing is copied. */
    public void copy(int source, int target, int from, int to) {
        context.requireSequence(source);
        context.requireSequence(target);
        context.run(() -> llama_memory_seq_cp(memory(), source, target, from, to));
    }

    /** Forgets all other sequences. */
    public void keepOnly(int sequence) {
        context.requireSequence(sequence);
        context.run(() -> llama_memory_seq_keep(memory(), sequence));
    }

    /**
     * Moves positions of a sequence by an amount, usually a negative one after a {@link #remove}.
     *
     * @throws LlamaException when the model cannot: see {@link #canShift}
     */
    public void shift(int sequence, int from, int to, int amount) {
        context.requireSequence(sequence);
        if (!canShift()) {
            throw new LlamaException("this model's memory cannot be shifted");
        }
        context.run(() -> llama_memory_seq_add(memory(), sequence, from, to, amount));
    }

    /** Returns whether {@link #shift} works for this model. */
    public boolean canShift() {
        return context.call(() -> llama_memory_can_shift(memory()));
    }

    /** Returns the lowest stored position of a sequence, -1 when it is empty. */
    public int firstPosition(int sequence) {
        context.requireSequence(sequence);
        return context.call(() -> llama_memory_seq_pos_min(memory(), sequence));
    }

    /** Returns the highest stored position of a sequence, -1 when it is empty. */
    public int lastPosition(int sequence) {
        context.requireSequence(sequence);
        return context.call(() -> llama_memory_seq_pos_max(memory(), sequence));
    }

    /** Forgets everything. */
    public void clear() {
        context.run(() -> llama_memory_clear(memory(), true));
    }

    private llama_memory_i memory() {
        llama_memory_i memory = llama_get_memory(context.pointer());
        if (memory == null) {
            throw new IllegalStateException("this model keeps no memory");
        }
        return memory;
    }
}
