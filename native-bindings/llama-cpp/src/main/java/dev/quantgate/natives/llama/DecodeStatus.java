package dev.quantgate.natives.llama;

/** How a decode ended. */
public enum DecodeStatus {
    /** All tokens were processed. */
    OK,
    /** No room in the KV cache; nothing changed. Try a smaller batch or free sequences. */
    NO_KV_SLOT,
    /** The cancel flag stopped it; parts of the batch may have been stored: ask the memory for positions. */
    ABORTED,
    /** The batch makes no sense (unknown token, positions out of order); nothing changed. */
    INVALID,
    /** The computation failed; parts of the batch may have been stored. */
    FATAL;

    static DecodeStatus of(int nativeResult) {
        return switch (nativeResult) {
            case 0 -> OK;
            case 1 -> NO_KV_SLOT;
            case 2 -> ABORTED;
            case -1 -> INVALID;
            default -> FATAL;
        };
    }
}
