package dev.quantgate.natives.llama;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A switch that any thread may set to stop native work: a decode stops within milliseconds, a quantisation after the
 * tensor it is at.
 *
 * <p>Native code polls the four bytes behind it, so setting it costs no call. It owns no resources.
 */
public final class CancelFlag {
    private static final VarHandle VALUE = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final ByteBuffer memory =
            ByteBuffer.allocateDirect(2 * Integer.BYTES).alignedSlice(Integer.BYTES);
    private final long address = DirectMemory.address(memory);

    /** Creates a flag that is not set. */
    public CancelFlag() {}

    /** Sets the flag. */
    public void cancel() {
        VALUE.setVolatile(memory, 0, 1);
    }

    /** Clears the flag, so that its object can work again. */
    public void reset() {
        VALUE.setVolatile(memory, 0, 0);
    }

    /** Returns whether the flag is set. */
    public boolean isCancelled() {
        return (int) VALUE.getVolatile(memory, 0) != 0;
    }

    /** Address of an int32; valid as long as this object is reachable. */
    long address() {
        return address;
    }
}
