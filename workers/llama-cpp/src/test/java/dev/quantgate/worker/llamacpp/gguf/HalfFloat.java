package dev.quantgate.worker.llamacpp.gguf;

/** Converts to half precision; Java 17 has no method for it. */
final class HalfFloat {
    private static final int EXPONENT_SHIFT = 13;
    private static final int REBIAS = (127 - 15) << 23;

    private HalfFloat() {}

    /** The nearest half float; magnitudes below the smallest normal one become zero, those above the largest infinite. */
    static short bits(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fff_ffff;
        if (Math.abs(value) < 0x1p-14f) {
            return (short) sign;
        }
        if (Math.abs(value) > 65_504f) {
            return (short) (sign | 0x7c00);
        }
        int roundedToEven = magnitude + 0xfff + (magnitude >>> EXPONENT_SHIFT & 1);
        return (short) (sign | (roundedToEven - REBIAS) >>> EXPONENT_SHIFT);
    }
}
