package dev.quantgate.worker.llamacpp.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages a file in the ways that matter to a reader of lengths and offsets; the same seed gives the same damage. */
final class Mutator {
    private static final long[] EVIL = {
        0,
        1,
        2,
        7,
        8,
        63,
        64,
        255,
        256,
        65_535,
        65_536,
        1L << 20,
        1L << 30,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        1L << 32,
        1L << 40,
        1L << 60,
        1L << 61,
        Long.MAX_VALUE - 7,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -32,
        -8,
        -1
    };

    private final byte[] original;
    private final int headerBytes;
    private final List<Integer> lengthFields;

    Mutator(GgufBytes file) {
        this(file.build(), file.lengthFields());
    }

    Mutator(byte[] original, List<Integer> lengthFields) {
        this.original = original;
        this.lengthFields = lengthFields;
        this.headerBytes = lengthFields.isEmpty() ? original.length : lengthFields.get(lengthFields.size() - 1) + 8;
    }

    byte[] mutant(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = original.clone();
        int faults = 1 + random.nextInt(3);
        for (int i = 0; i < faults && bytes.length > Long.BYTES; i++) {
            bytes = damage(bytes, random);
        }
        return bytes;
    }

    private byte[] damage(byte[] bytes, SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0 -> flipBits(bytes, random);
            case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2, 3 -> blowUpLength(bytes, random);
            case 4 -> overwrite(bytes, random);
            case 5 -> splice(bytes, random);
            case 6 -> duplicate(bytes, random);
            default -> remove(bytes, random);
        };
    }

    private byte[] flipBits(byte[] bytes, SplittableRandom random) {
        for (int i = random.nextInt(8); i >= 0; i--) {
            bytes[at(bytes, 1, random)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private byte[] blowUpLength(byte[] bytes, SplittableRandom random) {
        int position = lengthFields.isEmpty()
                ? at(bytes, Long.BYTES, random)
                : lengthFields.get(random.nextInt(lengthFields.size()));
        if (position + Long.BYTES <= bytes.length) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            long near = buffer.getLong(position) + random.nextInt(5) - 2;
            buffer.putLong(position, random.nextInt(3) == 0 ? near : evil(random));
        }
        return bytes;
    }

    private byte[] overwrite(byte[] bytes, SplittableRandom random) {
        int width = 1 << random.nextInt(4);
        int position = at(bytes, width, random);
        long value = evil(random);
        for (int i = 0; i < width; i++) {
            bytes[position + i] = (byte) (value >>> (8 * i));
        }
        return bytes;
    }

    /** Copies one section over another. */
    private byte[] splice(byte[] bytes, SplittableRandom random) {
        int length = 1 + random.nextInt(Math.min(200, bytes.length - 1));
        System.arraycopy(bytes, at(bytes, length, random), bytes, at(bytes, length, random), length);
        return bytes;
    }

    /** Repeats a section right behind itself, which shifts all that follows. */
    private byte[] duplicate(byte[] bytes, SplittableRandom random) {
        int length = 1 + random.nextInt(Math.min(200, bytes.length - 1));
        int position = at(bytes, length, random);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
        System.arraycopy(bytes, position, longer, position + length, bytes.length - position);
        return longer;
    }

    private byte[] remove(byte[] bytes, SplittableRandom random) {
        int length = 1 + random.nextInt(Math.min(64, bytes.length - 1));
        int position = at(bytes, length, random);
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - length);
        System.arraycopy(bytes, position + length, shorter, position, shorter.length - position);
        return shorter;
    }

    /** Mostly in the header, where the structure is. */
    private int at(byte[] bytes, int width, SplittableRandom random) {
        int end = random.nextInt(10) == 0 ? bytes.length : Math.min(bytes.length, headerBytes);
        return random.nextInt(Math.max(1, end - width + 1));
    }

    private static long evil(SplittableRandom random) {
        return random.nextInt(4) == 0 ? random.nextLong() : EVIL[random.nextInt(EVIL.length)];
    }
}
