package dev.quantgate.gateway.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request body as one JSON object: valid UTF-8, no key twice, nothing after the object, nested at most
 * {@value #MAX_DEPTH} deep.
 */
public final class StrictJson {
    static final int MAX_DEPTH = 64;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private StrictJson() {}

    /** Reads {@code body}. @throws WorkerException INVALID_REQUEST with what is wrong and what was expected */
    public static JsonObject object(Buffer body) {
        try (var parser = FACTORY.createParser(text(body))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("not an object");
            }
            var object = object(parser);
            if (parser.nextToken() != null) {
                throw malformed("something follows the object");
            }
            return object;
        } catch (CharacterCodingException invalid) {
            throw malformed("not valid UTF-8");
        } catch (JacksonException invalid) {
            throw malformed(reason(invalid));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static String text(Buffer body) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(body.getBytes()))
                .toString();
    }

    private static JsonObject object(JsonParser parser) throws IOException {
        var object = new JsonObject();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            parser.nextToken();
            object.put(name, value(parser));
        }
        return object;
    }

    private static JsonArray array(JsonParser parser) throws IOException {
        var array = new JsonArray();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser));
        }
        return array;
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw malformed("unexpected token");
        };
    }

    /** The parser's own words name its options and classes, which mean nothing to a client; duplicates are the exception. */
    private static String reason(JacksonException invalid) {
        var where = invalid.getLocation();
        return what(invalid)
                + (where == null ? "" : " at line " + where.getLineNr() + ", column " + where.getColumnNr());
    }

    private static String what(JacksonException invalid) {
        if (invalid instanceof JsonEOFException) {
            return "ends too early";
        }
        if (invalid instanceof StreamConstraintsException) {
            return "beyond the parser's limits (at most " + MAX_DEPTH + " levels)";
        }
        var message = invalid.getOriginalMessage();
        if (!message.startsWith("Duplicate field")) {
            return "malformed JSON";
        }
        return message.length() > 200 ? message.substring(0, 200) + "..." : message;
    }

    private static WorkerException malformed(String what) {
        return WorkerFailure.invalid("", "body: " + what + " (expected: one JSON object in UTF-8)")
                .asException();
    }
}
