package dev.quantgate.worker.llamacpp.gguf;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of a file at any position. Positional reads rather than a mapping: a mapped file that shrinks kills the JVM. */
interface ByteSource extends Closeable {
    /** Length when the source was opened. */
    long sizeBytes();

    /**
     * Fills all of the target's remaining space.
     *
     * @throws GgufFormatException when the source ends before that
     */
    void read(long positionBytes, ByteBuffer target) throws IOException;

    @Override
    void close() throws IOException;
}
