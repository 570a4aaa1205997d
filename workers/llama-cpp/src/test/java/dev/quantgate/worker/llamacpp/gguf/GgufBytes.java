package dev.quantgate.worker.llamacpp.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A GGUF file in the making. Values and tensors can be replaced or removed before it is built, also by wrong ones. */
public final class GgufBytes {
    private static final int ALIGNMENT_BYTES = 32;

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final List<Integer> lengthFields = new ArrayList<>();
    private int version = 3;

    private record Entry(String key, int wireType, ByteArrayOutputStream value, int elementCountAt) {}

    private record Tensor(String name, List<Long> dims, int wireType, ByteArrayOutputStream data) {}

    /** Sets the version in the header. */
    public GgufBytes version(int number) {
        version = number;
        return this;
    }

    public GgufBytes string(String key, String value) {
        return entry(key, GgufValueType.STRING, lengthPrefixed(bytes(value)));
    }

    public GgufBytes uint32(String key, long value) {
        return entry(key, GgufValueType.UINT32, buffer(4).putInt((int) value).array());
    }

    public GgufBytes uint16(String key, int value) {
        return entry(
                key, GgufValueType.UINT16, buffer(2).putShort((short) value).array());
    }

    public GgufBytes float32(String key, float value) {
        return entry(key, GgufValueType.FLOAT32, buffer(4).putFloat(value).array());
    }

    public GgufBytes flag(String key, boolean value) {
        return entry(key, GgufValueType.BOOL, new byte[] {(byte) (value ? 1 : 0)});
    }

    public GgufBytes strings(String key, List<String> values) {
        ByteArrayOutputStream out = arrayHeader(GgufValueType.STRING, values.size());
        values.forEach(value -> out.writeBytes(lengthPrefixed(bytes(value))));
        return entry(key, GgufValueType.ARRAY, out.toByteArray());
    }

    public GgufBytes floats(String key, float... values) {
        ByteArrayOutputStream out = arrayHeader(GgufValueType.FLOAT32, values.length);
        for (float value : values) {
            out.writeBytes(buffer(4).putFloat(value).array());
        }
        return entry(key, GgufValueType.ARRAY, out.toByteArray());
    }

    public GgufBytes int32s(String key, int... values) {
        ByteArrayOutputStream out = arrayHeader(GgufValueType.INT32, values.length);
        for (int value : values) {
            out.writeBytes(buffer(4).putInt(value).array());
        }
        return entry(key, GgufValueType.ARRAY, out.toByteArray());
    }

    /** Any bytes as the value of a key, in the place where it is now or at the end. */
    public GgufBytes raw(String key, int wireType, byte[] value) {
        entries.put(key, new Entry(key, wireType, stream(value), -1));
        return this;
    }

    /** A second entry with a key that is there already. */
    public GgufBytes repeat(String key) {
        entries.put(key + " again", requireEntry(key));
        return this;
    }

    /** Removes a metadata entry or a tensor. */
    public GgufBytes remove(String name) {
        if (entries.remove(name) == null && tensors.remove(name) == null) {
            throw new IllegalArgumentException("name: " + name + " (expected: a key or a tensor of this file)");
        }
        return this;
    }

    /** Adds or replaces a tensor. */
    public GgufBytes tensor(String name, GgmlType type, byte[] data, long... dims) {
        return tensor(name, type.wireId(), data, dims);
    }

    public GgufBytes tensor(String name, int wireType, byte[] data, long... dims) {
        List<Long> shape = new ArrayList<>();
        for (long dim : dims) {
            shape.add(dim);
        }
        tensors.put(name, new Tensor(name, shape, wireType, stream(data)));
        return this;
    }

    /** A tensor of zeros of the size that its shape asks for. */
    public GgufBytes zeros(String name, GgmlType type, long... dims) {
        long rows = 1;
        for (int i = 1; i < dims.length; i++) {
            rows *= dims[i];
        }
        return tensor(name, type, new byte[Math.toIntExact(type.rowBytes(dims[0]) * rows)], dims);
    }

    /** A second tensor with a name that is there already. */
    public GgufBytes repeatTensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("name: " + name + " (expected: a tensor of this file)");
        }
        tensors.put(name + " again", tensor);
        return this;
    }

    public byte[] build() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        lengthFields.clear();
        out.writeBytes(bytes("GGUF"));
        out.writeBytes(buffer(4).putInt(version).array());
        lengthFields.addAll(List.of(out.size(), out.size() + 8));
        out.writeBytes(
                buffer(16).putLong(tensors.size()).putLong(entries.size()).array());
        for (Entry entry : entries.values()) {
            write(out, entry);
        }
        long offset = 0;
        for (Tensor tensor : tensors.values()) {
            write(out, tensor, offset);
            offset += padded(tensor.data.size());
        }
        pad(out);
        for (Tensor tensor : tensors.values()) {
            out.writeBytes(tensor.data.toByteArray());
            pad(out);
        }
        return out.toByteArray();
    }

    /** Writes the file. */
    public Path writeTo(Path path) {
        try {
            return Files.write(path, build());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Positions of all 8-byte counts, lengths, dimensions and offsets in what {@link #build} returned last. */
    List<Integer> lengthFields() {
        return List.copyOf(lengthFields);
    }

    private void write(ByteArrayOutputStream out, Entry entry) {
        lengthFields.add(out.size());
        out.writeBytes(lengthPrefixed(bytes(entry.key)));
        out.writeBytes(buffer(4).putInt(entry.wireType).array());
        if (entry.elementCountAt >= 0) {
            lengthFields.add(out.size() + entry.elementCountAt);
        }
        out.writeBytes(entry.value.toByteArray());
    }

    private void write(ByteArrayOutputStream out, Tensor tensor, long offset) {
        lengthFields.add(out.size());
        out.writeBytes(lengthPrefixed(bytes(tensor.name)));
        out.writeBytes(buffer(4).putInt(tensor.dims.size()).array());
        for (long dim : tensor.dims) {
            lengthFields.add(out.size());
            out.writeBytes(buffer(8).putLong(dim).array());
        }
        out.writeBytes(buffer(4).putInt(tensor.wireType).array());
        lengthFields.add(out.size());
        out.writeBytes(buffer(8).putLong(offset).array());
    }

    private GgufBytes entry(String key, GgufValueType type, byte[] value) {
        int countAt = switch (type) {
            case STRING -> 0;
            case ARRAY -> 4;
            default -> -1;
        };
        entries.put(key, new Entry(key, type.wireId(), stream(value), countAt));
        return this;
    }

    private Entry requireEntry(String key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            throw new IllegalArgumentException("key: " + key + " (expected: a key of this file)");
        }
        return entry;
    }

    private static ByteArrayOutputStream arrayHeader(GgufValueType elementType, int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(buffer(12).putInt(elementType.wireId()).putLong(count).array());
        return out;
    }

    private static ByteArrayOutputStream stream(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        out.writeBytes(bytes);
        return out;
    }

    private static byte[] lengthPrefixed(byte[] value) {
        return buffer(8 + value.length).putLong(value.length).put(value).array();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static long padded(long size) {
        return Saturating.roundUp(size, ALIGNMENT_BYTES);
    }

    private static void pad(ByteArrayOutputStream out) {
        out.writeBytes(new byte[(int) (padded(out.size()) - out.size())]);
    }
}
