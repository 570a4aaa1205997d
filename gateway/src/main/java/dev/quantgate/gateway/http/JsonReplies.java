package dev.quantgate.gateway.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Answers in JSON, errors in the shape {@code {"status":"error","message":...}}. */
public final class JsonReplies {
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json; charset=utf-8");

    private JsonReplies() {}

    /** Answers with {@code body}; does nothing if the client is gone. */
    public static void send(RoutingContext route, int status, JsonObject body) {
        var response = route.response();
        if (!response.closed() && !response.ended()) {
            response.setStatusCode(status)
                    .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                    .end(body.toBuffer());
        }
    }

    /** Answers with an error. */
    public static void error(RoutingContext route, int status, String message) {
        send(route, status, new JsonObject().put("status", "error").put("message", message));
    }
}
