package dev.quantgate.bench.load;

import java.util.Optional;

/**
 * One request.
 *
 * @param prompt its text
 * @param maxTokens tokens to generate; the end-of-sequence token does not end it unless there is a schema
 * @param sampler how tokens are chosen
 * @param seed seed of the draw
 * @param jsonSchema schema that the answer must follow; such a request is a chat
 */
public record Request(Prompt prompt, int maxTokens, Sampler sampler, int seed, Optional<String> jsonSchema) {
    public Request {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens: " + maxTokens + " (expected: >= 1)");
        }
    }

    /** A request for a plain continuation of fixed length. */
    public static Request plain(Prompt prompt, int maxTokens, Sampler sampler, int seed) {
        return new Request(prompt, maxTokens, sampler, seed, Optional.empty());
    }
}
