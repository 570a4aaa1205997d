package dev.quantgate.worker.llamacpp.gguf;

/**
 * What a file may ask for at most. Counts are bounded because native code walks its lists of keys and tensors
 * quadratically; lengths, because each becomes an allocation.
 *
 * @param metadataEntries keys in one file
 * @param tensors tensors in one file
 * @param stringBytes bytes of one metadata string (a chat template, a licence)
 * @param arrayElements elements of one metadata array
 * @param vocabularyTokens entries of the vocabulary
 * @param contextTokens context length that a model may declare
 */
public record Limits(
        int metadataEntries, int tensors, int stringBytes, int arrayElements, int vocabularyTokens, int contextTokens) {
    /** Room for every model that llama.cpp v0.5.0 supports, with a margin. */
    public static final Limits DEFAULT = new Limits(4096, 32_768, 16 << 20, 16 << 20, 2 << 20, 128 << 20);

    public Limits {
        requirePositive("metadataEntries", metadataEntries);
        requirePositive("tensors", tensors);
        requirePositive("stringBytes", stringBytes);
        requirePositive("arrayElements", arrayElements);
        requirePositive("vocabularyTokens", vocabularyTokens);
        requirePositive("contextTokens", contextTokens);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
    }
}
