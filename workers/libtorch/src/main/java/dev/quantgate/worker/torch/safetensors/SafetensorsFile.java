package dev.quantgate.worker.torch.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An open, verified safetensors file whose tensors are mapped into memory one by one.
 *
 * <p>Mapping a tensor of its own keeps each within the 2 GiB a buffer can address. Mapped buffers stay valid after
 * {@link #close()}, for as long as they are referenced.
 */
public final class SafetensorsFile implements AutoCloseable {

    private static final int LENGTH_BYTES = 8;
    private static final long MAX_HEADER_BYTES = 64L << 20;

    private final FileChannel channel;
    private final SafetensorsHeader header;
    private final long dataStart;

    private SafetensorsFile(FileChannel channel, SafetensorsHeader header, long dataStart) {
        this.channel = channel;
        this.header = header;
        this.dataStart = dataStart;
    }

    /**
     * Opens and verifies a file.
     *
     * @throws SafetensorsFormatException when the file breaks the format
     */
    public static SafetensorsFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            long size = channel.size();
            long headerBytes = headerBytes(channel, size);
            byte[] json = read(channel, LENGTH_BYTES, (int) headerBytes).array();
            long dataStart = LENGTH_BYTES + headerBytes;
            return new SafetensorsFile(channel, SafetensorsHeader.parse(json, size - dataStart), dataStart);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static long headerBytes(FileChannel channel, long size) throws IOException {
        if (size < LENGTH_BYTES) {
            throw new SafetensorsFormatException("file: " + size + " bytes (expected: at least " + LENGTH_BYTES + ")");
        }
        long bytes =
                read(channel, 0, LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        long limit = Math.min(MAX_HEADER_BYTES, size - LENGTH_BYTES);
        if (bytes < 0 || bytes > limit) {
            throw new SafetensorsFormatException(
                    "header length: " + Long.toUnsignedString(bytes) + " bytes (expected: at most " + limit + ")");
        }
        return bytes;
    }

    private static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new SafetensorsFormatException("file: ended early (expected: " + bytes + " more bytes)");
            }
        }
        return buffer.flip();
    }

    /** The table of contents. */
    public SafetensorsHeader header() {
        return header;
    }

    /** Maps one tensor read-only; the buffer is direct and little-endian. */
    public ByteBuffer map(TensorEntry entry) throws IOException {
        if (entry.bytes() > Integer.MAX_VALUE) {
            throw new SafetensorsFormatException("tensor " + Text.quote(entry.name()) + ": " + entry.bytes()
                    + " bytes (expected: at most " + Integer.MAX_VALUE + ")");
        }
        if (entry.bytes() == 0) {
            return ByteBuffer.allocateDirect(0);
        }
        return channel.map(FileChannel.MapMode.READ_ONLY, dataStart + entry.begin(), entry.bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
