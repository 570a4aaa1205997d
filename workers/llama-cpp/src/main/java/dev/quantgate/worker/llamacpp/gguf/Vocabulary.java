package dev.quantgate.worker.llamacpp.gguf;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a file says about its tokenizer.
 *
 * @param model kind of tokenizer: {@code llama} (SentencePiece), {@code gpt2} (byte-pair), {@code bert} ...
 * @param preTokenizer how byte-pair tokenizers split text first
 * @param tokenCount entries, 0 when the file has no vocabulary
 * @param mergeCount merge rules of a byte-pair tokenizer
 * @param beginToken id of the token that begins a text
 * @param endToken id of the token that ends a text
 * @param chatTemplate Jinja template of a conversation
 */
public record Vocabulary(
        String model,
        Optional<String> preTokenizer,
        int tokenCount,
        int mergeCount,
        OptionalInt beginToken,
        OptionalInt endToken,
        Optional<String> chatTemplate) {}
