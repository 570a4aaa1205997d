package dev.quantgate.worker.llamacpp.gguf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * SipHash-1-3 (Aumasson and Bernstein, 2012) under a secret key, so that no file can be built whose strings collide.
 */
final class SipHash implements BytesHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final SipHash SECRET;

    static {
        SecureRandom random = new SecureRandom();
        SECRET = new SipHash(random.nextLong(), random.nextLong());
    }

    private final long key0;
    private final long key1;

    SipHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** The hash with this process's own random key. */
    static SipHash secret() {
        return SECRET;
    }

    @Override
    public long hash(byte[] bytes, int start, int length) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        int blocks = length >>> 3;
        // Each turn is one round; the last block and the three rounds that finish the hash share the loop.
        for (int turn = 0; turn <= blocks + 3; turn++) {
            long word = 0;
            if (turn < blocks) {
                word = (long) LONG.get(bytes, start + turn * Long.BYTES);
            } else if (turn == blocks) {
                word = tail(bytes, start, length);
            } else if (turn == blocks + 1) {
                v2 ^= 0xff;
            }
            v3 ^= word;
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= word;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static long tail(byte[] bytes, int start, int length) {
        long word = (long) length << 56;
        for (int i = length & ~7; i < length; i++) {
            word |= (bytes[start + i] & 0xffL) << (8 * (i & 7));
        }
        return word;
    }
}
