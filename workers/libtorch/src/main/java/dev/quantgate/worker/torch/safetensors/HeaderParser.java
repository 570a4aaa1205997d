package dev.quantgate.worker.torch.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.quantgate.natives.torch.DType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of one header token by token, so that no size or depth in it is taken on trust. */
final class HeaderParser {

    private static final int MAX_DEPTH = 3;
    private static final int MAX_NAME_CHARS = 1_024;
    private static final int MAX_TEXT_CHARS = 4 << 20;
    private static final int MAX_NUMBER_CHARS = 20;
    private static final int MAX_DIMENSIONS = 8;
    private static final int MAX_TENSORS = 200_000;
    private static final String METADATA = "__metadata__";

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_NAME_CHARS)
                    .maxStringLength(MAX_TEXT_CHARS)
                    .maxNumberLength(MAX_NUMBER_CHARS)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final byte[] json;

    HeaderParser(byte[] json) {
        this.json = json;
    }

    SafetensorsHeader parse() {
        try (JsonParser parser = JSON.createParser(json)) {
            SafetensorsHeader header = object(parser);
            if (parser.nextToken() != null) {
                throw new SafetensorsFormatException("header: text after its end (expected: one JSON object)");
            }
            return header;
        } catch (IOException e) {
            throw new SafetensorsFormatException("header: not the JSON the format asks for", e);
        }
    }

    private static SafetensorsHeader object(JsonParser parser) throws IOException {
        require(parser.nextToken() == JsonToken.START_OBJECT, "header", "a JSON object");
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = Map.of();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (name.equals(METADATA)) {
                metadata = metadata(parser);
            } else {
                tensors.put(name, tensor(parser, name));
                require(tensors.size() <= MAX_TENSORS, "header", "at most " + MAX_TENSORS + " tensors");
            }
        }
        return new SafetensorsHeader(tensors, metadata);
    }

    private static Map<String, String> metadata(JsonParser parser) throws IOException {
        require(parser.nextToken() == JsonToken.START_OBJECT, METADATA, "an object of texts");
        Map<String, String> metadata = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            require(parser.nextToken() == JsonToken.VALUE_STRING, METADATA, "an object of texts");
            metadata.put(key, parser.getText());
        }
        return metadata;
    }

    private static TensorEntry tensor(JsonParser parser, String name) throws IOException {
        String what = "tensor " + Text.quote(name);
        require(parser.nextToken() == JsonToken.START_OBJECT, what, "an object");
        @Nullable DType type = null;
        @Nullable List<Long> shape = null;
        @Nullable List<Long> offsets = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            switch (parser.currentName()) {
                case "dtype" -> {
                    require(parser.nextToken() == JsonToken.VALUE_STRING, what, "a dtype name");
                    type = SafetensorsTypes.parse(name, parser.getText());
                }
                case "shape" -> shape = numbers(parser, what, MAX_DIMENSIONS);
                case "data_offsets" -> offsets = numbers(parser, what, 2);
                default ->
                    throw new SafetensorsFormatException(what + ": key " + Text.quote(parser.currentName())
                            + " (expected: dtype, shape and data_offsets)");
            }
        }
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw new SafetensorsFormatException(what + ": incomplete (expected: dtype, shape and two data_offsets)");
        }
        return checked(new TensorEntry(name, type, shape, offsets.get(0), offsets.get(1)), what);
    }

    private static List<Long> numbers(JsonParser parser, String what, int limit) throws IOException {
        require(parser.nextToken() == JsonToken.START_ARRAY, what, "an array of numbers");
        List<Long> numbers = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            require(parser.currentToken() == JsonToken.VALUE_NUMBER_INT, what, "whole numbers");
            long number = parser.getLongValue();
            require(number >= 0, what, "numbers of at least 0");
            numbers.add(number);
            require(numbers.size() <= limit, what, "at most " + limit + " numbers");
        }
        return numbers;
    }

    private static TensorEntry checked(TensorEntry entry, String what) {
        long bytes = entry.type().bytes();
        try {
            for (long size : entry.shape()) {
                bytes = Math.multiplyExact(bytes, size);
            }
        } catch (ArithmeticException e) {
            throw new SafetensorsFormatException(what + ": shape " + entry.shape() + " is beyond 2^63 bytes", e);
        }
        if (entry.end() < entry.begin() || entry.bytes() != bytes) {
            throw new SafetensorsFormatException(what + ": data_offsets [" + entry.begin() + ", " + entry.end()
                    + "] (expected: " + bytes + " bytes for shape " + entry.shape() + ")");
        }
        return entry;
    }

    private static void require(boolean holds, String what, String expected) {
        if (!holds) {
            throw new SafetensorsFormatException(what + ": malformed (expected: " + expected + ")");
        }
    }
}
