package dev.quantgate.worker.llamacpp.gguf;

import java.util.Optional;

/**
 * Model families whose tensors are known exactly; files of other families pass the generic checks only. What is
 * known comes from llama.cpp v0.5.0, {@code src/models/<family>.cpp}.
 */
enum Architecture {
    LLAMA("llama", Query.HEADS, Rotation.WHOLE_HEAD, Block.PLAIN),
    MISTRAL3("mistral3", Query.HEADS, Rotation.WHOLE_HEAD, Block.PLAIN),
    SMOLLM3("smollm3", Query.HEADS, Rotation.WHOLE_HEAD, Block.PLAIN),
    QWEN2("qwen2", Query.EMBEDDING, Rotation.WHOLE_HEAD, Block.PLAIN),
    QWEN3("qwen3", Query.HEADS, Rotation.WHOLE_HEAD, Block.QUERY_KEY_NORM),
    GEMMA("gemma", Query.HEADS, Rotation.PART_OF_HEAD, Block.PLAIN),
    GEMMA2("gemma2", Query.HEADS, Rotation.PART_OF_HEAD, Block.POST_NORM),
    GEMMA3("gemma3", Query.HEADS, Rotation.PART_OF_HEAD, Block.POST_NORM_AND_QUERY_KEY_NORM),
    PHI3("phi3", Query.EMBEDDING, Rotation.PART_OF_HEAD, Block.FUSED_GATE);

    /** How wide the query projection is. */
    enum Query {
        /** Heads times the length of a key. */
        HEADS,
        /** As wide as the embedding. */
        EMBEDDING
    }

    /** How many elements of a head the rotary embedding turns. */
    enum Rotation {
        /** All; keys and values are equally long as well. */
        WHOLE_HEAD,
        PART_OF_HEAD
    }

    /** What a block has beyond attention, two norms and a feed-forward network. */
    enum Block {
        PLAIN,
        QUERY_KEY_NORM,
        POST_NORM,
        POST_NORM_AND_QUERY_KEY_NORM,
        /** Gate and up projection of the feed-forward network share one tensor. */
        FUSED_GATE;

        boolean hasQueryKeyNorm() {
            return this == QUERY_KEY_NORM || this == POST_NORM_AND_QUERY_KEY_NORM;
        }

        boolean hasPostNorm() {
            return this == POST_NORM || this == POST_NORM_AND_QUERY_KEY_NORM;
        }
    }

    private final String key;
    private final Query query;
    private final Rotation rotation;
    private final Block block;

    Architecture(String key, Query query, Rotation rotation, Block block) {
        this.key = key;
        this.query = query;
        this.rotation = rotation;
        this.block = block;
    }

    static Optional<Architecture> named(String name) {
        for (Architecture architecture : values()) {
            if (architecture.key.equals(name)) {
                return Optional.of(architecture);
            }
        }
        return Optional.empty();
    }

    Query query() {
        return query;
    }

    Rotation rotation() {
        return rotation;
    }

    Block block() {
        return block;
    }

    /** Whether a block may hold experts instead of one feed-forward network. */
    boolean mayHaveExperts() {
        return this == LLAMA || this == MISTRAL3;
    }
}
