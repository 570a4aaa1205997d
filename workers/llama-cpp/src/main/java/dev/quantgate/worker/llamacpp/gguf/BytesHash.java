package dev.quantgate.worker.llamacpp.gguf;

/** A 64-bit hash of a run of bytes. */
interface BytesHash {
    long hash(byte[] bytes, int start, int length);
}
