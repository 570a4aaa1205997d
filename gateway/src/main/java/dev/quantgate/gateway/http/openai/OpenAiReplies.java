package dev.quantgate.gateway.http.openai;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** Answers of one JSON object. */
final class OpenAiReplies {
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    private OpenAiReplies() {}

    /** Answers with {@code body}; does nothing if the client is gone. */
    static void send(RoutingContext route, int status, JsonOut body) {
        var response = route.response();
        if (!response.closed() && !response.ended()) {
            response.setStatusCode(status)
                    .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                    .end(body.take());
        }
    }
}
