package dev.quantgate.natives.torch;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.LongArrayRef;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A tensor in native memory, owned by the {@link TorchScope} it was made in unless a {@link TensorArena} keeps it.
 *
 * <p>Row-major unless it is a transposed view. Not thread-safe while it is written to.
 */
public final class TorchTensor {

    private final Tensor handle;
    private final @Nullable ByteBuffer backing;

    TorchTensor(Tensor handle) {
        this(handle, null);
    }

    private TorchTensor(Tensor handle, @Nullable ByteBuffer backing) {
        this.handle = handle;
        this.backing = backing;
    }

    /** A new float32 tensor whose elements are to be written. */
    static TorchTensor empty(long... shape) {
        return new TorchTensor(torch.empty(shape, new TensorOptions(DType.FLOAT32.scalarType()), null));
    }

    /** Copies floats into a new float32 tensor. */
    public static TorchTensor ofFloats(float[] values, long... shape) {
        requireElements(values.length, shape);
        Tensor tensor = torch.empty(shape, new TensorOptions(DType.FLOAT32.scalarType()), null);
        if (values.length > 0) {
            new FloatPointer(tensor.data_ptr()).put(values);
        }
        return new TorchTensor(tensor);
    }

    /** Copies longs into a new int64 tensor. */
    public static TorchTensor ofLongs(long[] values, long... shape) {
        requireElements(values.length, shape);
        Tensor tensor = torch.empty(shape, new TensorOptions(DType.INT64.scalarType()), null);
        if (values.length > 0) {
            new LongPointer(tensor.data_ptr()).put(values);
        }
        return new TorchTensor(tensor);
    }

    /** Copies bytes into a new int8 tensor. */
    public static TorchTensor ofBytes(byte[] values, long... shape) {
        requireElements(values.length, shape);
        Tensor tensor = torch.empty(shape, new TensorOptions(DType.INT8.scalarType()), null);
        if (values.length > 0) {
            new BytePointer(tensor.data_ptr()).put(values);
        }
        return new TorchTensor(tensor);
    }

    /**
     * Looks at a direct buffer (for example a mapped file) without copying it.
     *
     * <p>The buffer stays referenced until the current scope ends, and as long as an arena keeps the tensor.
     *
     * @param buffer from its position to its limit the elements, little-endian; not to be changed while in use
     */
    public static TorchTensor over(ByteBuffer buffer, DType type, long... shape) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("buffer: on the heap (expected: direct)");
        }
        if (buffer.remaining() % type.bytes() != 0) {
            throw new IllegalArgumentException(
                    "buffer: " + buffer.remaining() + " bytes (expected: a multiple of " + type.bytes() + ")");
        }
        requireElements(buffer.remaining() / type.bytes(), shape);
        ByteBuffer view = buffer.slice();
        TorchScope.hold(view);
        Tensor tensor = torch.from_blob(new BytePointer(view), shape, new TensorOptions(type.scalarType()));
        return new TorchTensor(tensor, view);
    }

    private static void requireElements(long elements, long... shape) {
        long expected = 1;
        for (long size : shape) {
            expected = Math.multiplyExact(expected, size);
        }
        if (expected != elements) {
            throw new IllegalArgumentException(
                    "shape: " + Arrays.toString(shape) + " (expected: " + elements + " elements)");
        }
    }

    /** A tensor that may share this one's memory. */
    TorchTensor derived(Tensor other) {
        return new TorchTensor(other, backing);
    }

    Tensor handle() {
        return handle;
    }

    @Nullable
    ByteBuffer backing() {
        return backing;
    }

    /** Where the elements begin. */
    long address() {
        return handle.data_ptr().address();
    }

    /** Refuses another type, size or layout than a native call expects. */
    void require(String name, DType type, long elements) {
        if (type() != type || elements() != elements || !handle.is_contiguous()) {
            throw new IllegalArgumentException(name + ": " + type() + ", " + elements() + " elements (expected: " + type
                    + ", " + elements + ", contiguous)");
        }
    }

    /** Sizes of all dimensions. */
    public long[] shape() {
        LongArrayRef sizes = handle.sizes();
        long[] shape = new long[(int) sizes.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = sizes.get(i);
        }
        return shape;
    }

    /** Size of one dimension. */
    public long size(int dimension) {
        return handle.size(dimension);
    }

    /** Number of elements. */
    public long elements() {
        return handle.numel();
    }

    /** Size of the elements in bytes. */
    public long bytes() {
        return handle.nbytes();
    }

    /** Element type. */
    public DType type() {
        return DType.of(handle.scalar_type());
    }

    /** Copies the elements out as floats, row-major, whatever the element type is. */
    public float[] toFloats() {
        Tensor plain = handle.to(DType.FLOAT32.scalarType()).contiguous();
        float[] values = new float[Math.toIntExact(plain.numel())];
        if (values.length > 0) {
            new FloatPointer(plain.data_ptr()).get(values);
        }
        return values;
    }

    /** Copies the elements out as longs, row-major. */
    public long[] toLongs() {
        Tensor plain = handle.to(DType.INT64.scalarType()).contiguous();
        long[] values = new long[Math.toIntExact(plain.numel())];
        if (values.length > 0) {
            new LongPointer(plain.data_ptr()).get(values);
        }
        return values;
    }

    /** Copies the raw bytes of the elements out, row-major, little-endian. */
    public byte[] toBytes() {
        Tensor plain = handle.contiguous();
        byte[] values = new byte[Math.toIntExact(plain.nbytes())];
        if (values.length > 0) {
            new BytePointer(plain.data_ptr()).get(values);
        }
        return values;
    }

    /** The elements as a buffer that is valid until the tensor is freed; the tensor has to be contiguous. */
    public ByteBuffer asBuffer() {
        if (!handle.is_contiguous()) {
            throw new IllegalStateException("tensor: not contiguous (expected: contiguous)");
        }
        return new BytePointer(handle.data_ptr()).capacity(handle.nbytes()).asByteBuffer();
    }
}
