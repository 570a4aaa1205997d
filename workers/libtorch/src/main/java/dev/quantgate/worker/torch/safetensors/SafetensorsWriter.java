package dev.quantgate.worker.torch.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.quantgate.natives.torch.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a safetensors file that appears whole or not at all: a file beside the target is written, forced to disk,
 * verified by reading it again, and renamed.
 *
 * <p>Sizes are announced first ({@link #declare}), data follow in the same order ({@link #write}), so a model larger
 * than the heap passes through.
 */
public final class SafetensorsWriter implements AutoCloseable {

    private static final int ALIGNMENT = 8;

    private final Path target;
    private final Path part;
    private final Map<String, TensorEntry> declared = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final FileChannel channel;
    private long dataStart = -1;
    private int written;
    private boolean committed;

    private SafetensorsWriter(Path target, Path part, FileChannel channel) {
        this.target = target;
        this.part = part;
        this.channel = channel;
    }

    /** Starts a file; nothing is visible under {@code target} before {@link #commit()}. */
    public static SafetensorsWriter create(Path target) throws IOException {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        FileChannel channel = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        return new SafetensorsWriter(target, part, channel);
    }

    /** Adds a text pair to the header. */
    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /** Announces the next tensor. */
    public SafetensorsWriter declare(String name, DType type, long... shape) {
        if (dataStart >= 0) {
            throw new IllegalStateException("declare: after the first write (expected: before)");
        }
        long begin =
                declared.values().stream().mapToLong(TensorEntry::end).max().orElse(0);
        long bytes = type.bytes();
        for (long size : shape) {
            bytes = Math.multiplyExact(bytes, size);
        }
        TensorEntry entry = new TensorEntry(
                name, type, java.util.Arrays.stream(shape).boxed().toList(), begin, begin + bytes);
        if (declared.putIfAbsent(name, entry) != null) {
            throw new IllegalArgumentException("name: " + name + " (expected: declared once)");
        }
        return this;
    }

    /** Writes the data of the next announced tensor, from position to limit. */
    public void write(String name, ByteBuffer data) throws IOException {
        if (dataStart < 0) {
            dataStart = writeHeader();
        }
        TensorEntry next = declared.values().stream().skip(written).findFirst().orElse(null);
        if (next == null || !next.name().equals(name) || next.bytes() != data.remaining()) {
            throw new IllegalArgumentException(
                    "name: " + name + " with " + data.remaining() + " bytes (expected: " + next + ")");
        }
        writeFully(data.duplicate());
        written++;
    }

    private long writeHeader() throws IOException {
        byte[] json = headerJson().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(json);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        writeFully(buffer.flip());
        return channel.position();
    }

    private String headerJson() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeObjectFieldStart("__metadata__");
            for (Map.Entry<String, String> pair : metadata.entrySet()) {
                json.writeStringField(pair.getKey(), pair.getValue());
            }
            json.writeEndObject();
            for (TensorEntry entry : declared.values()) {
                json.writeObjectFieldStart(entry.name());
                json.writeStringField("dtype", SafetensorsTypes.name(entry.type()));
                json.writeFieldName("shape");
                json.writeArray(entry.dimensions(), 0, entry.shape().size());
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {entry.begin(), entry.end()}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private void writeFully(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Forces the file to disk, verifies it and makes it visible under its name; returns its size in bytes. */
    public long commit() throws IOException {
        if (written != declared.size()) {
            throw new IllegalStateException("tensors: " + written + " (expected: " + declared.size() + ")");
        }
        if (dataStart < 0) {
            dataStart = writeHeader();
        }
        channel.force(true);
        long bytes = channel.size();
        channel.close();
        try (SafetensorsFile check = SafetensorsFile.open(part)) {
            if (!check.header().tensors().keySet().equals(declared.keySet())) {
                throw new SafetensorsFormatException("file: read back differently from what was written");
            }
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        forceFolder();
        committed = true;
        return bytes;
    }

    private void forceFolder() throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
    }

    /** Removes what was not committed. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (!committed) {
            Files.deleteIfExists(part);
        }
    }
}
