package dev.quantgate.worker.llamacpp.schedule;

import java.nio.ByteBuffer;

/**
 * The native side of the decode loop, reduced to what the loop needs. Used by the loop's thread alone, except for {@link
 * #requestAbort()}. Any exception thrown here means that the native context cannot be trusted any more.
 */
public interface DecodeEngine extends AutoCloseable {
    /** Tokens that the KV cache holds, over all sequences. */
    int kvTokens();

    /** Sequence ids run from 0 to this, exclusive. */
    int sequenceSlots();

    /** Whether each sequence has cells of its own, room for a whole context, and {@link #sharePrefix} copies. */
    boolean separateSequences();

    /** Most tokens in one batch. */
    int batchTokens();

    /** Computes the next batches with these LoRA adapters, and no others. */
    void useAdapters(AdapterSet adapters);

    /** Computes a batch; after anything but {@link Outcome#DONE} the KV of its sequences is undefined behind what they had. */
    Outcome decode(StepBatch batch);

    /** Chooses a token for each row of the last decoded batch, in one native call. */
    void sample(SampleRows rows);

    /** Lets an empty sequence start with the first tokens of another one; copies them only if sequences are separate. */
    void sharePrefix(int from, int to, int tokens);

    /** Forgets all but the first tokens of a sequence; 0 empties it. */
    void keepPrefix(int sequence, int tokens);

    /** Moves what a sequence holds behind its first tokens to another one, beside what that holds. */
    void moveTail(int from, int to, int tokens);

    /** Length of what {@link #saveState} writes now. */
    long stateBytes(int sequence);

    /** Writes the keys and values of a sequence into a direct buffer with room for them. */
    void saveState(int sequence, ByteBuffer target);

    /** Fills an empty sequence from a saved state; false, and it is still empty, if the engine has no place for it. */
    boolean loadState(int sequence, ByteBuffer source);

    /** Makes a decode that runs now, or the next one, end with {@link Outcome#ABORTED}. Any thread may call it. */
    void requestAbort();

    /** Takes back {@link #requestAbort()}. */
    void clearAbort();

    /** Replaces the native context after a failure; all sequences are empty afterwards. */
    void recover();

    @Override
    void close();

    /** What became of a batch. */
    enum Outcome {
        DONE,
        /** The KV cache has no room for it. */
        NO_ROOM,
        ABORTED
    }
}
