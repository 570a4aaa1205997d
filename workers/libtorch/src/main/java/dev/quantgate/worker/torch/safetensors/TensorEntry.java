package dev.quantgate.worker.torch.safetensors;

import dev.quantgate.natives.torch.DType;
import java.util.List;
import java.util.Objects;

/**
 * One tensor as the header of a file describes it, already checked against the size of the file.
 *
 * @param name unique in its file
 * @param type element type
 * @param shape sizes, each at least 0; empty for a single number
 * @param begin first byte, counted from the start of the data section
 * @param end byte after the last one; {@code end - begin} is the size the shape and type demand
 */
public record TensorEntry(String name, DType type, List<Long> shape, long begin, long end) {

    public TensorEntry {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        shape = List.copyOf(shape);
    }

    /** Size in bytes. */
    public long bytes() {
        return end - begin;
    }

    /** The shape as the native side takes it. */
    public long[] dimensions() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }
}
