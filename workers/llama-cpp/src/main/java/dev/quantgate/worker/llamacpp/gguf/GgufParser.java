package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Parses header, metadata and tensor table, in the order in which llama.cpp's {@code ggml/src/gguf.cpp} reads them. */
final class GgufParser {
    private static final int DEFAULT_ALIGNMENT_BYTES = 32;
    private static final int MIN_ALIGNMENT_BYTES = 8;
    private static final int MAX_ALIGNMENT_BYTES = 1 << 20;
    private static final int MAX_KEY_BYTES = 65_535;
    // Key length, one byte of key, value type, one byte of value.
    private static final int MIN_ENTRY_BYTES = 8 + 1 + 4 + 1;

    private final WindowReader reader;
    private final Limits limits;
    private final long fileBytes;

    GgufParser(ByteSource source, Limits limits) {
        this.reader = new WindowReader(source);
        this.limits = limits;
        this.fileBytes = source.sizeBytes();
    }

    GgufFile parse() throws IOException {
        requireMagic();
        int version = version();
        long tensorCount = count("header.tensor_count", limits.tensors(), TensorTable.MIN_ENTRY_BYTES);
        long entryCount = count("header.metadata_kv_count", limits.metadataEntries(), MIN_ENTRY_BYTES);
        Map<String, GgufValue> metadata = metadata((int) entryCount);
        long alignment = alignment(metadata.get("general.alignment"));
        Map<String, TensorInfo> tensors = new TensorTable(reader).read((int) tensorCount);
        long dataOffset = Saturating.roundUp(reader.position(), alignment);
        TensorLayout.check(tensors.values(), dataOffset, alignment, fileBytes);
        return new GgufFile(version, fileBytes, dataOffset, alignment, metadata, tensors);
    }

    private void requireMagic() throws IOException {
        int magic = reader.i32("header.magic");
        if (magic != GgufFile.MAGIC) {
            throw new GgufFormatException("header.magic", String.format("0x%08x", magic), "GGUF (0x46554747)");
        }
    }

    private int version() throws IOException {
        int version = reader.i32("header.version");
        if (version == Integer.reverseBytes(2) || version == Integer.reverseBytes(3)) {
            throw new GgufFormatException(
                    "header.version", String.format("0x%08x", version), "2 or 3; this is a big-endian file");
        }
        if (version != 2 && version != 3) {
            throw new GgufFormatException("header.version", Integer.toUnsignedString(version), "2 or 3");
        }
        return version;
    }

    private long count(String field, int limit, int minEntryBytes) throws IOException {
        long count = reader.i64(field);
        if (count < 0 || count > limit) {
            throw new GgufFormatException(field, Long.toUnsignedString(count), "0 to " + limit);
        }
        if (count * minEntryBytes > reader.remaining()) {
            throw new GgufFormatException(
                    field, count, "at most " + reader.remaining() / minEntryBytes + " in a file of this length");
        }
        return count;
    }

    private Map<String, GgufValue> metadata(int count) throws IOException {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = key(i);
            if (metadata.containsKey(key)) {
                throw new GgufFormatException("metadata key " + i, key, "a key that occurs once");
            }
            metadata.put(key, value(key));
        }
        return metadata;
    }

    private String key(int index) throws IOException {
        String field = "metadata key " + index;
        long length = reader.i64(field);
        if (length < 1 || length > MAX_KEY_BYTES) {
            throw new GgufFormatException(
                    field, Long.toUnsignedString(length) + " bytes", "1 to " + MAX_KEY_BYTES + " bytes");
        }
        return Utf8.name(field, reader.bytes(field, (int) length));
    }

    private GgufValue value(String key) throws IOException {
        GgufValueType type = valueType(key);
        return switch (type) {
            case UINT8 -> new GgufValue.Whole(type, reader.u8(key));
            case INT8 -> new GgufValue.Whole(type, (byte) reader.u8(key));
            case UINT16 -> new GgufValue.Whole(type, Short.toUnsignedInt(reader.i16(key)));
            case INT16 -> new GgufValue.Whole(type, reader.i16(key));
            case UINT32 -> new GgufValue.Whole(type, Integer.toUnsignedLong(reader.i32(key)));
            case INT32 -> new GgufValue.Whole(type, reader.i32(key));
            case UINT64, INT64 -> new GgufValue.Whole(type, reader.i64(key));
            case FLOAT32 -> new GgufValue.Real(type, reader.f32(key));
            case FLOAT64 -> new GgufValue.Real(type, reader.f64(key));
            case BOOL -> new GgufValue.Flag(flag(key));
            case STRING -> new GgufValue.Text(string(key));
            case ARRAY -> array(key);
        };
    }

    private GgufValueType valueType(String key) throws IOException {
        int wireId = reader.i32(key);
        Optional<GgufValueType> type = GgufValueType.fromWireId(wireId);
        if (type.isEmpty()) {
            throw new GgufFormatException(
                    key, "value type " + Integer.toUnsignedString(wireId), "a value type from 0 to 12");
        }
        return type.get();
    }

    private boolean flag(String key) throws IOException {
        int value = reader.u8(key);
        if (value > 1) {
            throw new GgufFormatException(key, value, "a boolean, 0 or 1");
        }
        return value == 1;
    }

    private String string(String key) throws IOException {
        byte[] bytes = reader.bytes(key, stringLength(key));
        // Templates go through native parsers that throw on malformed text; elsewhere a stray byte does no harm.
        return key.startsWith("tokenizer.chat_template") ? Utf8.strict(key, bytes) : Utf8.lenient(bytes);
    }

    private int stringLength(String key) throws IOException {
        long length = reader.i64(key);
        reader.require(key, length);
        if (length > limits.stringBytes()) {
            throw new GgufFormatException(key, length + " bytes", "at most " + limits.stringBytes() + " bytes");
        }
        return (int) length;
    }

    private GgufValue array(String key) throws IOException {
        GgufValueType elementType = valueType(key);
        if (elementType == GgufValueType.ARRAY) {
            throw new GgufFormatException(key, "an array of arrays", "an array of depth 1");
        }
        long count = reader.i64(key);
        if (count < 0 || count > limits.arrayElements()) {
            throw new GgufFormatException(
                    key, Long.toUnsignedString(count) + " elements", "0 to " + limits.arrayElements() + " elements");
        }
        long start = reader.position();
        int shortest = elementType.fixedBytes();
        int longest = shortest;
        if (elementType == GgufValueType.STRING) {
            reader.require(key, count * Long.BYTES);
            WindowReader.StringLengths lengths = reader.skipStrings(key, count, limits.stringBytes());
            shortest = lengths.shortest();
            longest = lengths.longest();
        } else {
            reader.skip(key, count * elementType.fixedBytes());
        }
        return new GgufValue.Elements(elementType, count, start, reader.position() - start, shortest, longest);
    }

    private static long alignment(@Nullable GgufValue value) throws GgufFormatException {
        if (value == null) {
            return DEFAULT_ALIGNMENT_BYTES;
        }
        boolean sane = value instanceof GgufValue.Whole whole
                && whole.type() == GgufValueType.UINT32
                && whole.value() >= MIN_ALIGNMENT_BYTES
                && whole.value() <= MAX_ALIGNMENT_BYTES
                && Long.bitCount(whole.value()) == 1;
        if (!sane) {
            throw new GgufFormatException(
                    "general.alignment",
                    value.type() + " " + value,
                    "UINT32, a power of two from " + MIN_ALIGNMENT_BYTES + " to " + MAX_ALIGNMENT_BYTES);
        }
        return ((GgufValue.Whole) value).value();
    }
}
