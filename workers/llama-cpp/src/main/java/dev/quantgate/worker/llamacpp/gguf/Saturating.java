package dev.quantgate.worker.llamacpp.gguf;

/** Arithmetic on sizes that are never negative: a result too large for a long is {@link Long#MAX_VALUE}. */
final class Saturating {
    private Saturating() {}

    static long add(long left, long right) {
        long sum = left + right;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    static long multiply(long left, long right) {
        long low = left * right;
        return Math.multiplyHigh(left, right) != 0 || low < 0 ? Long.MAX_VALUE : low;
    }

    static long ceilDivide(long value, long divisor) {
        return value == 0 ? 0 : (value - 1) / divisor + 1;
    }

    /** The next multiple of {@code multiple} that is not below {@code value}. */
    static long roundUp(long value, long multiple) {
        return multiply(ceilDivide(value, multiple), multiple);
    }
}
