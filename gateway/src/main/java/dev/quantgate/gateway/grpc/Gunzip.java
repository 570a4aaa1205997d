package dev.quantgate.gateway.grpc;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** Decompresses a message without ever holding more than the limit, whatever the compressed bytes promise. */
final class Gunzip {
    private Gunzip() {}

    /**
     * Decompresses {@code compressed}.
     *
     * @throws TooLargeException if more than {@code limitBytes} come out
     * @throws IOException if the bytes are not gzip
     */
    static Buffer expand(Buffer compressed, int limitBytes) throws IOException {
        try (var stream = new GZIPInputStream(new ByteArrayInputStream(compressed.getBytes()))) {
            var bytes = stream.readNBytes(limitBytes);
            if (stream.read() >= 0) {
                throw new TooLargeException();
            }
            return Buffer.buffer(bytes);
        }
    }

    /** The message is larger than the limit. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
