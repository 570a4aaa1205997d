package dev.quantgate.worker.llamacpp.gguf;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Typed look-ups that refuse a value of another type, as llama.cpp does, but with a message. */
final class Metadata {
    private final Map<String, GgufValue> values;

    Metadata(Map<String, GgufValue> values) {
        this.values = values;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** A UINT32 in a range, if the key is there. */
    OptionalLong whole(String key, long min, long max) throws GgufFormatException {
        return whole(key, GgufValueType.UINT32, min, max);
    }

    OptionalLong whole(String key, GgufValueType type, long min, long max) throws GgufFormatException {
        GgufValue value = values.get(key);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (!(value instanceof GgufValue.Whole whole) || whole.type() != type) {
            throw wrongType(key, value, type.toString());
        }
        return OptionalLong.of(inRange(key, whole.value(), min, max));
    }

    /** A FLOAT32 that is finite and in a range, if the key is there. */
    OptionalDouble real(String key, double min, double max) throws GgufFormatException {
        GgufValue value = values.get(key);
        if (value == null) {
            return OptionalDouble.empty();
        }
        if (!(value instanceof GgufValue.Real real) || real.type() != GgufValueType.FLOAT32) {
            throw wrongType(key, value, "FLOAT32");
        }
        // Written so that NaN fails.
        if (!(real.value() >= min && real.value() <= max)) {
            throw new GgufFormatException(key, real.value(), min + " to " + max);
        }
        return OptionalDouble.of(real.value());
    }

    Optional<String> text(String key) throws GgufFormatException {
        GgufValue value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof GgufValue.Text text)) {
            throw wrongType(key, value, "STRING");
        }
        return Optional.of(text.value());
    }

    /** The place of an array whose elements have one of the given types, if the key is there. */
    Optional<GgufValue.Elements> array(String key, GgufValueType type, GgufValueType other) throws GgufFormatException {
        GgufValue value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof GgufValue.Elements array)
                || (array.elementType() != type && array.elementType() != other)) {
            throw wrongType(key, value, type == other ? "an array of " + type : "an array of " + type + " or " + other);
        }
        return Optional.of(array);
    }

    boolean isArray(String key) {
        return values.get(key) instanceof GgufValue.Elements;
    }

    static long inRange(String field, long value, long min, long max) throws GgufFormatException {
        if (value < min || value > max) {
            throw new GgufFormatException(field, value, min + " to " + max);
        }
        return value;
    }

    static GgufFormatException missing(String key, String expected) {
        return new GgufFormatException(key, "missing", expected);
    }

    private static GgufFormatException wrongType(String key, GgufValue value, String expected) {
        String actual = value instanceof GgufValue.Elements ? value.toString() : value.type() + " " + value;
        return new GgufFormatException(key, actual, expected);
    }
}
