package dev.quantgate.gateway.http.openai;

import dev.quantgate.gateway.http.HttpFailures;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Failures in the shape {@code {"error":{"message","type","param","code"}}} with the status clients act on. */
final class OpenAiErrors {
    private static final String INVALID = "invalid_request_error";
    /** Where the workers' names of fields differ from this API's. */
    private static final Map<String, String> RENAMED = Map.of(
            "json_schema", "response_format.json_schema.schema",
            "tools.name", "tools.function.name",
            "tools.parameters_json_schema", "tools.function.parameters");

    private static final Pattern GROUP = Pattern.compile("^(sampling|options)\\.");
    private static final Pattern INPUTS = Pattern.compile("^inputs\\b");

    private OpenAiErrors() {}

    /** Answers with a failure; a bug keeps its words to itself. */
    static void send(RoutingContext route, WorkerFailure failure) {
        if (!failure.retryAfter().isZero()) {
            var millis = failure.retryAfter().toMillis();
            route.response()
                    .putHeader("Retry-After", String.valueOf(Math.max(1, (millis + 999) / 1000)))
                    .putHeader("retry-after-ms", String.valueOf(millis));
        }
        var body = new JsonOut();
        write(body, failure);
        OpenAiReplies.send(route, status(failure.kind()), body);
    }

    /** Answers what the HTTP layer itself has refused. */
    static void refused(RoutingContext route, int status) {
        var path = route.request().method() + " " + route.normalizedPath();
        var body = new JsonOut();
        switch (status) {
            case 401 -> write(body, "no valid API key", "authentication_error", null, "invalid_api_key");
            case 404 -> write(body, "no such URL: " + path, INVALID, null, "unknown_url");
            case 405 -> write(body, "method not allowed: " + path, INVALID, null, "method_not_allowed");
            case 413 -> write(body, "the body is too large", INVALID, null, "request_too_large");
            case 415 ->
                write(body, "unsupported media type (expected: application/json)", INVALID, null, "wrong_media_type");
            default -> write(body, "malformed request (expected: HTTP with a valid body)", INVALID, null, null);
        }
        OpenAiReplies.send(route, status, body);
    }

    static void write(JsonOut out, WorkerFailure failure) {
        var field = field(failure.field());
        var words = failure.kind() == FailureKind.INTERNAL
                ? "internal error"
                : field.map(name -> name + ": ").orElse("") + failure.message();
        write(out, words, type(failure.kind()), field.orElse(null), code(failure.kind()));
    }

    /** Like that of the other routes, but clients of this API repeat calls after 409, and take 422 for a bad field. */
    static int status(FailureKind kind) {
        return switch (kind) {
            case UNSUPPORTED, FAILED_PRECONDITION, ALREADY_EXISTS -> 400;
            default -> HttpFailures.status(kind);
        };
    }

    private static String type(FailureKind kind) {
        if (kind == FailureKind.QUEUE_FULL) {
            return "rate_limit_error";
        }
        return status(kind) < 499 ? INVALID : "server_error";
    }

    private static @Nullable String code(FailureKind kind) {
        return switch (kind) {
            case MODEL_NOT_FOUND, VARIANT_NOT_FOUND -> "model_not_found";
            case QUEUE_FULL -> "rate_limit_exceeded";
            case INVALID_REQUEST -> null;
            default -> kind.name().toLowerCase(Locale.ROOT);
        };
    }

    private static Optional<String> field(String workers) {
        var name = INPUTS.matcher(GROUP.matcher(workers).replaceFirst("")).replaceFirst("input");
        return name.isEmpty() ? Optional.empty() : Optional.of(RENAMED.getOrDefault(name, name));
    }

    private static void write(JsonOut out, String message, String type, @Nullable String param, @Nullable String code) {
        out.raw("{\"error\":{\"message\":").string(message).raw(",\"type\":").string(type);
        orNull(out.raw(",\"param\":"), param);
        orNull(out.raw(",\"code\":"), code);
        out.raw("}}");
    }

    private static void orNull(JsonOut out, @Nullable String text) {
        if (text == null) {
            out.raw("null");
        } else {
            out.string(text);
        }
    }
}
