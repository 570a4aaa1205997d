package dev.quantgate.natives.llama;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.Pointer;

/** Direct buffers that native code reads and writes by address. */
final class DirectMemory {
    private DirectMemory() {}

    static ByteBuffer allocate(long sizeBytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(sizeBytes)).order(ByteOrder.nativeOrder());
    }

    static long address(Buffer buffer) {
        try (Pointer pointer = new Pointer(buffer)) {
            return pointer.address();
        }
    }

    /** A view of native memory that somebody else owns. */
    static ByteBuffer view(long address, long sizeBytes) {
        return new Address(address, sizeBytes).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    private static final class Address extends Pointer {
        Address(long address, long sizeBytes) {
            this.address = address;
            this.capacity = sizeBytes;
            this.limit = sizeBytes;
        }
    }
}
