package dev.quantgate.worker.llamacpp.gguf;

import java.util.List;

/**
 * One tensor of a file.
 *
 * @param name at most 63 bytes of UTF-8
 * @param type storage type
 * @param dims 1 to 4 dimensions, each at least 1; the first varies fastest, so it is the length of a row
 * @param offsetBytes start of the data, from the start of the file's data section
 * @param sizeBytes bytes of the data, without padding
 */
public record TensorInfo(String name, GgmlType type, List<Long> dims, long offsetBytes, long sizeBytes) {
    public TensorInfo {
        dims = List.copyOf(dims);
    }

    /** The length along one axis, 0 to 3; 1 beyond the last one. */
    public long dim(int axis) {
        return axis < dims.size() ? dims.get(axis) : 1;
    }

    /** Number of elements. */
    public long elements() {
        return dim(0) * dim(1) * dim(2) * dim(3);
    }
}
