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
}
