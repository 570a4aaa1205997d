package dev.quantgate.natives.llama;

import java.util.Locale;

/**
 * Who computes the products of Q4_1 and Q8_0 weights, and attention over keys and values in float16. The environment
 * variable {@code QUANTGATE_KERNELS} says so for the whole process.
 */
enum Kernels {
    /** Quantgate's own kernels where the processor has what they need, AVX2 with FMA and F16C; llama.cpp's elsewhere. */
    AUTO,
    /** Those of llama.cpp. */
    STOCK;

    private static final String VARIABLE = "QUANTGATE_KERNELS";

    static Kernels configured() {
        String value = System.getenv(VARIABLE);
        return value == null ? AUTO : of(value);
    }

    /**
     * The choice of that name, in any case; an empty one is {@link #AUTO}.
     *
     * @throws LlamaException for any other
     */
    static Kernels of(String value) {
        return switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "", "auto" -> AUTO;
            case "stock" -> STOCK;
            default -> throw new LlamaException(VARIABLE + ": " + value + " (expected: auto or stock)");
        };
    }
}
