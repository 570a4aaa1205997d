package dev.quantgate.worker.llamacpp.session;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * What a session's file says before its state.
 *
 * @param origin what the state fits
 * @param tokens whose keys and values the state holds, in order from position 0
 * @param stateBytes length of the state
 * @param stateSha256 of the state, 32 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // Read once; never compared.
record SessionHeader(Origin origin, int[] tokens, long stateBytes, byte[] stateSha256) {
    static final int SHA256_BYTES = 32;

    /**
     * What a state depends on beside its tokens: with any of this changed it is of no use.
     *
     * @param model SHA-256 of the model's file
     * @param engine version of llama.cpp
     * @param keyType type of cached keys
     * @param valueType type of cached values
     * @param flashAttention mode of attention, on which the order of cached values depends
     * @param adapters LoRA adapters and their scales
     */
    record Origin(
            String model, String engine, String keyType, String valueType, String flashAttention, String adapters) {}

    byte[] encode() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeUTF(origin.model());
            out.writeUTF(origin.engine());
            out.writeUTF(origin.keyType());
            out.writeUTF(origin.valueType());
            out.writeUTF(origin.flashAttention());
            out.writeUTF(origin.adapters());
            out.writeInt(tokens.length);
            for (var token : tokens) {
                out.writeInt(token);
            }
            out.writeLong(stateBytes);
            out.write(stateSha256);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IOException if it is anything else
     */
    static SessionHeader decode(byte[] bytes) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            var origin = new Origin(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF());
            var count = in.readInt();
            if (count < 1 || count > in.available() / Integer.BYTES) {
                throw new IOException("tokens: " + count);
            }
            var tokens = new int[count];
            for (int i = 0; i < count; i++) {
                tokens[i] = in.readInt();
            }
            var stateBytes = in.readLong();
            var sha256 = in.readNBytes(SHA256_BYTES);
            if (sha256.length != SHA256_BYTES || in.available() > 0 || stateBytes < 1) {
                throw new IOException("length");
            }
            return new SessionHeader(origin, tokens, stateBytes, sha256);
        }
    }

    SessionHeader withSha256(byte[] sha256) {
        return new SessionHeader(origin, tokens, stateBytes, sha256);
    }

    static SessionHeader unfinished(Origin origin, int[] tokens, long stateBytes) {
        return new SessionHeader(origin, tokens, stateBytes, new byte[SHA256_BYTES]);
    }

    boolean hasSha256(byte[] sha256) {
        return Arrays.equals(stateSha256, sha256);
    }
}
