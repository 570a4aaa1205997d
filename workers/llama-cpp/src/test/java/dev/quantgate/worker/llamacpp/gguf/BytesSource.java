package dev.quantgate.worker.llamacpp.gguf;

import java.nio.ByteBuffer;

/** A file in memory. */
final class BytesSource implements ByteSource {
    private final byte[] bytes;

    BytesSource(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public long sizeBytes() {
        return bytes.length;
    }

    @Override
    public void read(long positionBytes, ByteBuffer target) {
        target.put(bytes, (int) positionBytes, target.remaining());
    }

    @Override
    public void close() {}
}
