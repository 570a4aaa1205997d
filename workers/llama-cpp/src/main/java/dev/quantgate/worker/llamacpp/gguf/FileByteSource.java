package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A regular file as a byte source. */
final class FileByteSource implements ByteSource {
    private final FileChannel channel;
    private final long sizeBytes;

    private FileByteSource(FileChannel channel, long sizeBytes) {
        this.channel = channel;
        this.sizeBytes = sizeBytes;
    }

    static FileByteSource open(Path path) throws IOException {
        // Opening a named pipe would block until somebody writes to it.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new GgufFormatException("file", "a directory or a device", "a regular file");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new FileByteSource(channel, channel.size());
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void read(long positionBytes, ByteBuffer target) throws IOException {
        long position = positionBytes;
        while (target.hasRemaining()) {
            int count = channel.read(target, position);
            if (count < 0) {
                throw new GgufFormatException("file", position + " bytes", sizeBytes + " bytes as when it was opened");
            }
            position += count;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
