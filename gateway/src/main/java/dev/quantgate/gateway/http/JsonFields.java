package dev.quantgate.gateway.http;

import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The fields of a JSON object, read by type; each method throws INVALID_REQUEST that names the field. */
public final class JsonFields {
    private final JsonObject object;

    /** Takes an object that may have the fields in {@code known} and no others. */
    public JsonFields(JsonObject object, Set<String> known) {
        this.object = object;
        object.fieldNames().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw invalid(clip(name), "unknown field", "only " + String.join(", ", new TreeSet<>(known)));
                });
    }

    public Optional<String> string(String name) {
        if (!object.containsKey(name)) {
            return Optional.empty();
        }
        if (object.getValue(name) instanceof String text) {
            return Optional.of(text);
        }
        throw invalid(name, "wrong type", "a string");
    }

    public Optional<Boolean> bool(String name) {
        if (!object.containsKey(name)) {
            return Optional.empty();
        }
        if (object.getValue(name) instanceof Boolean value) {
            return Optional.of(value);
        }
        throw invalid(name, "wrong type", "true or false");
    }

    static WorkerException invalid(String name, String what, String expected) {
        return WorkerFailure.invalid(name, what + " (expected: " + expected + ")")
                .asException();
    }

    private static String clip(String name) {
        return name.length() > 80 ? name.substring(0, 80) + "..." : name;
    }
}
