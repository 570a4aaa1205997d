package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the list of tensors; each entry is checked on its own. */
final class TensorTable {
    // Name length, one byte of name, dimension count, one dimension, type, offset.
    static final int MIN_ENTRY_BYTES = 8 + 1 + 4 + 8 + 4 + 8;
    // GGML_MAX_NAME counts the terminating NUL.
    private static final int MAX_NAME_BYTES = 63;
    private static final int MAX_DIMS = 4;

    private final WindowReader reader;

    TensorTable(WindowReader reader) {
        this.reader = reader;
    }

    Map<String, TensorInfo> read(int count) throws IOException {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            TensorInfo tensor = entry(i);
            if (tensors.put(tensor.name(), tensor) != null) {
                throw new GgufFormatException("tensor " + i + " name", tensor.name(), "a name that occurs once");
            }
        }
        return tensors;
    }

    private TensorInfo entry(int index) throws IOException {
        String name = name("tensor " + index + " name");
        Long[] dims = dims(name);
        GgmlType type = type(name);
        if (dims[0] % type.blockElements() != 0) {
            throw new GgufFormatException(
                    name + " row length", dims[0], "a multiple of " + type.blockElements() + ", the block of " + type);
        }
        return new TensorInfo(name, type, List.of(dims), reader.i64(name), sizeBytes(name, type, dims));
    }

    private String name(String field) throws IOException {
        long length = reader.i64(field);
        if (length < 1 || length > MAX_NAME_BYTES) {
            throw new GgufFormatException(
                    field, Long.toUnsignedString(length) + " bytes", "1 to " + MAX_NAME_BYTES + " bytes");
        }
        return Utf8.name(field, reader.bytes(field, (int) length));
    }

    private Long[] dims(String name) throws IOException {
        int count = reader.i32(name);
        if (count < 1 || count > MAX_DIMS) {
            throw new GgufFormatException(
                    name + " dimensions", Integer.toUnsignedString(count), "1 to " + MAX_DIMS + " dimensions");
        }
        Long[] dims = new Long[count];
        for (int i = 0; i < count; i++) {
            dims[i] = reader.i64(name);
            if (dims[i] < 1) {
                throw new GgufFormatException(name + " dimension " + i, dims[i], ">= 1");
            }
        }
        return dims;
    }

    private GgmlType type(String name) throws IOException {
        int wireId = reader.i32(name);
        Optional<GgmlType> type = GgmlType.fromWireId(wireId);
        if (type.isEmpty()) {
            throw new GgufFormatException(name + " type", Integer.toUnsignedString(wireId), GgmlType.wireIds());
        }
        if (type.get().isComputeOnly()) {
            throw new GgufFormatException(
                    name + " type", type.get(), "a type for storage; this one only exists in memory");
        }
        return type.get();
    }

    private static long sizeBytes(String name, GgmlType type, Long[] dims) throws GgufFormatException {
        long elements = 1;
        long bytes = type.rowBytes(dims[0]);
        for (int i = 0; i < dims.length; i++) {
            elements = Saturating.multiply(elements, dims[i]);
            bytes = i == 0 ? bytes : Saturating.multiply(bytes, dims[i]);
        }
        if (elements == Long.MAX_VALUE || bytes == Long.MAX_VALUE) {
            throw new GgufFormatException(name + " shape", Arrays.toString(dims), "fewer than 2^63 elements and bytes");
        }
        return bytes;
    }
}
