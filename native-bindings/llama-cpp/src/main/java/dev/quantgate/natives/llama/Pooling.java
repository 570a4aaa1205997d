package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_POOLING_TYPE_CLS;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_POOLING_TYPE_LAST;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_POOLING_TYPE_MEAN;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_POOLING_TYPE_NONE;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_POOLING_TYPE_RANK;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_POOLING_TYPE_UNSPECIFIED;

/** How the embeddings of a sequence's tokens become one. */
public enum Pooling {
    /** What the model's file says. */
    FROM_MODEL(LLAMA_POOLING_TYPE_UNSPECIFIED),
    /** Not at all: each token keeps its own. */
    NONE(LLAMA_POOLING_TYPE_NONE),
    /** Their mean. */
    MEAN(LLAMA_POOLING_TYPE_MEAN),
    /** That of the first token. */
    CLS(LLAMA_POOLING_TYPE_CLS),
    /** That of the last token. */
    LAST(LLAMA_POOLING_TYPE_LAST),
    /** The scores of a reranking model's head. */
    RANK(LLAMA_POOLING_TYPE_RANK);

    private final int nativeId;

    Pooling(int nativeId) {
        this.nativeId = nativeId;
    }

    int nativeId() {
        return nativeId;
    }

    static Pooling of(int nativeId) {
        for (Pooling pooling : values()) {
            if (pooling.nativeId == nativeId) {
                return pooling;
            }
        }
        throw new LlamaException("llama.cpp reports an unknown pooling type " + nativeId);
    }
}
