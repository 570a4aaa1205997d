package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.CallContext;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Who a request counts for: the user that it names, else its API key, else the address that it came from. */
final class Callers {
    private static final String BEARER = "Bearer ";
    private static final int MAX_USER = 64;

    private Callers() {}

    static CallContext identified(RoutingContext route, CallContext call, Optional<String> user) {
        var client = user.filter(name -> !name.isEmpty())
                .map(name -> "user:" + name.substring(0, Math.min(MAX_USER, name.length())))
                .or(() -> key(route))
                .orElse(call.client());
        return new CallContext(call.requestId(), call.timeout(), client, call.cancellation());
    }

    /** A fingerprint: the key itself must not reach workers or logs. */
    private static Optional<String> key(RoutingContext route) {
        var header = route.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.startsWith(BEARER)) {
            return Optional.empty();
        }
        try {
            var sum = MessageDigest.getInstance("SHA-256").digest(header.getBytes(StandardCharsets.UTF_8));
            return Optional.of("key:" + HexFormat.of().formatHex(sum, 0, 8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
