package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The structure of a GGUF file: its metadata and where its tensors lie. Sound as a container, whatever it contains;
 * {@link GgufVerifier} tells whether it is a model.
 *
 * @param version 2 or 3
 * @param fileBytes length of the whole file
 * @param dataOffsetBytes start of the data section, from the start of the file
 * @param alignmentBytes tensor data starts at multiples of this
 * @param metadata values by key, in the order of the file
 * @param tensors tensors by name, in the order of the file
 */
public record GgufFile(
        int version,
        long fileBytes,
        long dataOffsetBytes,
        long alignmentBytes,
        Map<String, GgufValue> metadata,
        Map<String, TensorInfo> tensors) {
    /** First four bytes of every such file, as a little-endian number. */
    static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;

    public GgufFile {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** Reads with {@link Limits#DEFAULT}. */
    public static GgufFile read(Path path) throws IOException {
        return read(path, Limits.DEFAULT);
    }

    /**
     * Reads the structure of a file; neither tensor data nor arrays are loaded.
     *
     * @throws GgufFormatException when the file is not a sound GGUF container or exceeds a limit
     * @throws IOException when it cannot be read
     */
    public static GgufFile read(Path path, Limits limits) throws IOException {
        try (ByteSource source = FileByteSource.open(path)) {
            return read(source, limits);
        }
    }

    static GgufFile read(ByteSource source, Limits limits) throws IOException {
        return new GgufParser(source, limits).parse();
    }

    /** The string under a key, if there is one. */
    public Optional<String> text(String key) {
        return metadata.get(key) instanceof GgufValue.Text text ? Optional.of(text.value()) : Optional.empty();
    }

    /**
     * Reads an array of strings, such as the vocabulary, from the file that this structure came from.
     *
     * @return empty when there is no such array
     * @throws GgufFormatException when the file has changed since
     */
    public List<String> readStrings(Path path, String key) throws IOException {
        if (!(metadata.get(key) instanceof GgufValue.Elements array) || array.elementType() != GgufValueType.STRING) {
            return List.of();
        }
        try (ByteSource source = FileByteSource.open(path)) {
            return new ArrayReader(new WindowReader(source)).strings(key, array);
        }
    }
}
