package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the elements of an array whose place and length have been checked. */
final class ArrayReader {
    private final WindowReader reader;

    ArrayReader(WindowReader reader) {
        this.reader = reader;
    }

    List<String> strings(String key, GgufValue.Elements array) throws IOException {
        reader.moveTo(array.offsetBytes());
        List<String> strings = new ArrayList<>();
        for (long i = 0; i < array.count(); i++) {
            long length = reader.i64(key);
            reader.require(key, length);
            if (length > array.lengthBytes()) {
                throw new GgufFormatException(key, length + " bytes", "a file that does not change while it is read");
            }
            strings.add(Utf8.lenient(reader.bytes(key, (int) length)));
        }
        return strings;
    }

    /** Elements of type UINT32 or INT32. */
    List<Long> integers(String key, GgufValue.Elements array) throws IOException {
        boolean signed = array.elementType() == GgufValueType.INT32;
        reader.moveTo(array.offsetBytes());
        List<Long> integers = new ArrayList<>();
        for (long i = 0; i < array.count(); i++) {
            int bits = reader.i32(key);
            integers.add(signed ? bits : Integer.toUnsignedLong(bits));
        }
        return integers;
    }

    /** Refuses an array of FLOAT32 with a NaN in it: sorting by such numbers has no order. */
    void requireNoNan(String key, GgufValue.Elements array) throws IOException {
        reader.moveTo(array.offsetBytes());
        for (long i = 0; i < array.count(); i++) {
            if (Float.isNaN(reader.f32(key))) {
                throw new GgufFormatException(key, "NaN at " + i, "numbers");
            }
        }
    }
}
