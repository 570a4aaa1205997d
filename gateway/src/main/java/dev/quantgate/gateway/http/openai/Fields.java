package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object by type. A field that is null is one that is not there, and unknown fields are ignored, as
 * clients of OpenAI's API expect. Each method throws INVALID_REQUEST that names the field by its whole path.
 */
final class Fields {
    private static final int SHOWN = 80;

    private final JsonObject object;
    private final String path;

    private Fields(JsonObject object, String path) {
        this.object = object;
        this.path = path;
    }

    /** The fields of a whole body. */
    static Fields of(JsonObject body) {
        return new Fields(body, "");
    }

    /** The fields of {@code value}, which stands at {@code path}. */
    static Fields of(@Nullable Object value, String path) {
        if (value instanceof JsonObject object) {
            return new Fields(object, path + ".");
        }
        throw invalid(path, "wrong type", "an object");
    }

    static WorkerException invalid(String path, String what, String expected) {
        return WorkerFailure.invalid(path, what + " (expected: " + expected + ")")
                .asException();
    }

    /** What a client has sent, fit for a message. */
    static String quote(String text) {
        return '"' + (text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text) + '"';
    }

    /** The field's path from the body's top. */
    String path(String name) {
        return path + name;
    }

    boolean has(String name) {
        return object.getValue(name) != null;
    }

    @Nullable
    Object value(String name) {
        return object.getValue(name);
    }

    /** Refuses a field whose effect this gateway does not have, unless it is absent. */
    void refuse(String name, String why) {
        if (has(name)) {
            throw invalid(path(name), "not supported", why);
        }
    }

    WorkerException wrongType(String name, String expected) {
        return invalid(path(name), has(name) ? "wrong type" : "missing", expected);
    }

    Optional<String> string(String name) {
        var value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text) {
            return Optional.of(text);
        }
        throw wrongType(name, "a string");
    }

    boolean flag(String name, boolean absent) {
        var value = value(name);
        if (value == null) {
            return absent;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrongType(name, "true or false");
    }

    float number(String name, float absent) {
        var value = value(name);
        if (value == null) {
            return absent;
        }
        if (value instanceof Number number) {
            return number.floatValue();
        }
        throw wrongType(name, "a number");
    }

    /** A whole number of 64 bits. */
    Optional<Long> whole(String name) {
        var value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Integer || value instanceof Long) {
            return Optional.of(((Number) value).longValue());
        }
        throw wrongType(name, "a whole number of at most 64 bits");
    }

    OptionalInt whole(String name, int least, int most) {
        var value = whole(name);
        value.filter(number -> number < least || number > most).ifPresent(number -> {
            throw invalid(path(name), String.valueOf(number), least + " to " + most);
        });
        return value.isPresent() ? OptionalInt.of(Math.toIntExact(value.get())) : OptionalInt.empty();
    }

    Optional<Fields> object(String name) {
        var value = value(name);
        return value == null ? Optional.empty() : Optional.of(of(value, path(name)));
    }

    /** The elements of an array, none if it is absent. */
    List<@Nullable Object> array(String name) {
        var value = value(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof JsonArray array) {
            var elements = new ArrayList<@Nullable Object>(array.size());
            for (int i = 0; i < array.size(); i++) {
                elements.add(array.getValue(i));
            }
            return elements;
        }
        throw wrongType(name, "an array");
    }

    /** One string, or an array of them; none if absent. */
    List<String> strings(String name) {
        if (value(name) instanceof String text) {
            return List.of(text);
        }
        if (has(name) && !(value(name) instanceof JsonArray)) {
            throw wrongType(name, "a string or an array of strings");
        }
        var strings = new ArrayList<String>();
        for (var element : array(name)) {
            if (!(element instanceof String text)) {
                throw invalid(path(name) + "[" + strings.size() + "]", "wrong type", "a string");
            }
            strings.add(text);
        }
        return strings;
    }

    /** The text of an object as JSON, its fields in the client's order. */
    Optional<String> json(String name) {
        return object(name).map(fields -> fields.object.encode());
    }

    Iterable<Map.Entry<String, Object>> entries() {
        return object;
    }
}
