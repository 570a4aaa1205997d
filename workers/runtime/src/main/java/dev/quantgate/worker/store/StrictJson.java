package dev.quantgate.worker.store;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object from a file that anybody may have touched: every field is read with its type, and what does not fit
 * is a {@link DamagedFileException} that names it. Unknown fields are left alone.
 */
public final class StrictJson {
    private final JsonObject json;
    private final String place;

    private StrictJson(JsonObject json, String place) {
        this.json = json;
        this.place = place;
    }

    /** Reads a regular file (no link, no device) of at most {@code maxBytes}. */
    public static StrictJson read(Path file, int maxBytes) throws IOException {
        var name = String.valueOf(file.getFileName());
        var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new DamagedFileException(name + ": not a regular file");
        }
        byte[] content;
        try (var channel = Files.newByteChannel(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            content = Channels.newInputStream(channel).readNBytes(maxBytes + 1);
        }
        if (content.length > maxBytes) {
            throw new DamagedFileException(name + ": too large (expected: at most " + maxBytes + " bytes)");
        }
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return new StrictJson(new JsonObject(text), name);
        } catch (CharacterCodingException | DecodeException | ClassCastException damaged) {
            throw new DamagedFileException(name + ": not a JSON object in UTF-8");
        }
    }

    public boolean has(String field) {
        return json.getValue(field) != null;
    }

    public String string(String field) throws DamagedFileException {
        return typed(field, String.class, "a string");
    }

    public boolean flag(String field) throws DamagedFileException {
        return typed(field, Boolean.class, "true or false");
    }

    /** A whole number of at least {@code least}. */
    public long integer(String field, long least) throws DamagedFileException {
        var expected = "a whole number >= " + least;
        var value = wholeNumber(json.getValue(field), field, expected);
        if (value < least) {
            throw damaged(field, expected);
        }
        return value;
    }

    public double number(String field) throws DamagedFileException {
        return typed(field, Number.class, "a number").doubleValue();
    }

    public Instant instant(String field) throws DamagedFileException {
        try {
            return Instant.parse(string(field));
        } catch (DateTimeException malformed) {
            throw damaged(field, "an ISO 8601 time in UTC");
        }
    }

    public <E extends Enum<E>> E constant(String field, Class<E> type) throws DamagedFileException {
        return constant(string(field), type, field);
    }

    public <E extends Enum<E>> List<E> constants(String field, Class<E> type) throws DamagedFileException {
        var constants = new ArrayList<E>();
        for (var element : typed(field, JsonArray.class, "a list")) {
            constants.add(constant(String.valueOf(element), type, field));
        }
        return constants;
    }

    public Map<String, Long> counts(String field) throws DamagedFileException {
        var counts = new LinkedHashMap<String, Long>();
        for (var entry : typed(field, JsonObject.class, "an object")) {
            counts.put(entry.getKey(), wholeNumber(entry.getValue(), field, "whole numbers"));
        }
        return counts;
    }

    public Map<String, Double> figures(String field) throws DamagedFileException {
        var figures = new LinkedHashMap<String, Double>();
        for (var entry : typed(field, JsonObject.class, "an object")) {
            if (!(entry.getValue() instanceof Number value)) {
                throw damaged(field, "numbers");
            }
            figures.put(entry.getKey(), value.doubleValue());
        }
        return figures;
    }

    public Map<String, String> texts(String field) throws DamagedFileException {
        var texts = new LinkedHashMap<String, String>();
        for (var entry : typed(field, JsonObject.class, "an object")) {
            if (!(entry.getValue() instanceof String value)) {
                throw damaged(field, "strings");
            }
            texts.put(entry.getKey(), value);
        }
        return texts;
    }

    public StrictJson object(String field) throws DamagedFileException {
        return new StrictJson(typed(field, JsonObject.class, "an object"), place + ": " + field);
    }

    public Optional<StrictJson> optionalObject(String field) throws DamagedFileException {
        return has(field) ? Optional.of(object(field)) : Optional.empty();
    }

    public List<StrictJson> objects(String field) throws DamagedFileException {
        var objects = new ArrayList<StrictJson>();
        for (var element : typed(field, JsonArray.class, "a list")) {
            if (!(element instanceof JsonObject object)) {
                throw damaged(field, "a list of objects");
            }
            objects.add(new StrictJson(object, place + ": " + field));
        }
        return objects;
    }

    /** The exception that says that {@code field} does not hold what it must. */
    public DamagedFileException damaged(String field, String expected) {
        return new DamagedFileException(
                place + ": " + field + " is " + (has(field) ? "wrong" : "missing") + " (expected: " + expected + ")");
    }

    public String encode() {
        return json.encodePrettily();
    }

    private long wholeNumber(@Nullable Object value, String field, String expected) throws DamagedFileException {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw damaged(field, expected);
    }

    private <E extends Enum<E>> E constant(String value, Class<E> type, String field) throws DamagedFileException {
        for (var constant : type.getEnumConstants()) {
            if (constant.name().equals(value)) {
                return constant;
            }
        }
        throw damaged(field, "one of " + List.of(type.getEnumConstants()));
    }

    private <T> T typed(String field, Class<T> type, String expected) throws DamagedFileException {
        var value = json.getValue(field);
        if (!type.isInstance(value)) {
            throw damaged(field, expected);
        }
        return type.cast(value);
    }
}
