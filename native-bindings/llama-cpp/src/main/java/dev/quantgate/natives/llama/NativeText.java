package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.qg_text;

import java.nio.charset.StandardCharsets;

/** Fetches the text that a shim call left behind on this thread. */
final class NativeText {
    private NativeText() {}

    static String take(long sizeBytes) {
        return new String(takeBytes(sizeBytes), StandardCharsets.UTF_8);
    }

    static byte[] takeBytes(long sizeBytes) {
        byte[] bytes = new byte[Math.toIntExact(sizeBytes)];
        qg_text(bytes, bytes.length);
        return bytes;
    }
}
