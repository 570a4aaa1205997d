package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FLASH_ATTN_TYPE_AUTO;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FLASH_ATTN_TYPE_DISABLED;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_FLASH_ATTN_TYPE_ENABLED;

/** Whether attention is computed in the fused way. A quantised value cache needs it. */
public enum FlashAttention {
    /** llama.cpp decides. */
    AUTO(LLAMA_FLASH_ATTN_TYPE_AUTO),
    /** Never. */
    OFF(LLAMA_FLASH_ATTN_TYPE_DISABLED),
    /** Always. */
    ON(LLAMA_FLASH_ATTN_TYPE_ENABLED);

    private final int nativeId;

    FlashAttention(int nativeId) {
        this.nativeId = nativeId;
    }

    int nativeId() {
        return nativeId;
    }
}
