package dev.quantgate.natives.llama;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes GGUF version 3 files: metadata first, then tensors, aligned to 32 bytes. */
final class GgufWriter {
    private static final int ALIGNMENT = 32;
    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private record Tensor(String name, List<Long> shape, TensorType type, ByteBuffer data) {}

    private final LittleEndian metadata = new LittleEndian();
    private final List<Tensor> tensors = new ArrayList<>();
    private long metadataCount;

    GgufWriter string(String key, String value) {
        key(key, STRING).string(value);
        return this;
    }

    GgufWriter uint32(String key, int value) {
        key(key, UINT32).int32(value);
        return this;
    }

    GgufWriter float32(String key, float value) {
        key(key, FLOAT32).int32(Float.floatToIntBits(value));
        return this;
    }

    GgufWriter bool(String key, boolean value) {
        key(key, BOOL).int8(value ? 1 : 0);
        return this;
    }

    GgufWriter strings(String key, List<String> values) {
        array(key, STRING, values.size());
        values.forEach(metadata::string);
        return this;
    }

    GgufWriter float32s(String key, List<Float> values) {
        array(key, FLOAT32, values.size());
        values.forEach(value -> metadata.int32(Float.floatToIntBits(value)));
        return this;
    }

    GgufWriter int32s(String key, List<Integer> values) {
        array(key, INT32, values.size());
        values.forEach(metadata::int32);
        return this;
    }

    /** Adds a tensor; the shape begins with the length of a row. */
    GgufWriter tensor(String name, TensorType type, ByteBuffer data, long... shape) {
        tensors.add(new Tensor(name, Arrays.stream(shape).boxed().toList(), type, data));
        return this;
    }

    void writeTo(Path file) throws IOException {
        LittleEndian out = new LittleEndian();
        out.bytes("GGUF".getBytes(StandardCharsets.US_ASCII))
                .int32(3)
                .int64(tensors.size())
                .int64(metadataCount);
        out.bytes(metadata.toByteArray());
        long offset = 0;
        for (Tensor tensor : tensors) {
            out.string(tensor.name()).int32(tensor.shape().size());
            for (long length : tensor.shape()) {
                out.int64(length);
            }
            out.int32(tensor.type().nativeId()).int64(offset);
            offset = align(offset + tensor.data().remaining());
        }
        out.pad();
        for (Tensor tensor : tensors) {
            byte[] data = new byte[tensor.data().remaining()];
            tensor.data().duplicate().get(data);
            out.bytes(data).pad();
        }
        Files.write(file, out.toByteArray());
    }

    private LittleEndian key(String key, int type) {
        metadataCount++;
        return metadata.string(key).int32(type);
    }

    private void array(String key, int type, int length) {
        key(key, ARRAY).int32(type).int64(length);
    }

    private static long align(long offset) {
        return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static final class LittleEndian extends ByteArrayOutputStream {
        LittleEndian int8(int value) {
            write(value);
            return this;
        }

        LittleEndian int32(int value) {
            return bytes(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(value)
                    .array());
        }

        LittleEndian int64(long value) {
            return bytes(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value)
                    .array());
        }

        LittleEndian string(String value) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            return int64(utf8.length).bytes(utf8);
        }

        LittleEndian bytes(byte[] bytes) {
            writeBytes(bytes);
            return this;
        }

        void pad() {
            while (size() % ALIGNMENT != 0) {
                write(0);
            }
        }
    }
}
