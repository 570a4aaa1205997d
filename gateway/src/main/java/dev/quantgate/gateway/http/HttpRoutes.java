package dev.quantgate.gateway.http;

import dev.quantgate.gateway.security.ApiKeys;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Every HTTP route of the gateway, with JSON bodies for what no route answers. */
public final class HttpRoutes {
    private static final String CHALLENGE = "WWW-Authenticate";
    /** Probes hold no secrets. */
    private static final Set<String> OPEN = Set.of("/healthz", "/readyz");

    private final ApiKeys keys;
    private final List<RouteModule> modules;

    /**
     * Puts the routes together.
     *
     * @param keys what callers must show, except on the probes' paths
     * @param modules the routes
     */
    public HttpRoutes(ApiKeys keys, List<RouteModule> modules) {
        this.keys = keys;
        this.modules = List.copyOf(modules);
    }

    /** Makes a router with all routes for one event loop. */
    public Router newRouter(Vertx vertx) {
        var router = Router.router(vertx);
        if (keys.areRequired()) {
            router.route().handler(this::letIn);
        }
        modules.forEach(module -> module.mount(router));
        router.errorHandler(
                400, route -> JsonReplies.error(route, 400, "malformed request (expected: HTTP with a valid body)"));
        router.errorHandler(
                401,
                route -> JsonReplies.error(
                        route, 401, "no valid API key (expected: the header authorization: Bearer KEY)"));
        router.errorHandler(404, route -> JsonReplies.error(route, 404, "no such path: " + route.normalizedPath()));
        router.errorHandler(405, route -> notAllowed(router, route));
        router.errorHandler(413, route -> JsonReplies.error(route, 413, "the body is too large"));
        router.errorHandler(
                415,
                route -> JsonReplies.error(
                        route, 415, "unsupported media type (expected: application/json; charset=utf-8)"));
        router.errorHandler(
                500,
                route -> JsonReplies.error(
                        route, 500, HttpFailures.words(HttpFailures.planned(route, route.failure()))));
        return router;
    }

    /** Each family of routes has its own shape of the refusal, so the router's way of failing is taken. */
    private void letIn(RoutingContext route) {
        var refusal = OPEN.contains(route.normalizedPath())
                ? Optional.<ApiKeys.Refusal>empty()
                : keys.refusal(route.request().getHeader(HttpHeaders.AUTHORIZATION));
        refusal.ifPresentOrElse(
                stranger -> {
                    route.response().putHeader(CHALLENGE, stranger.challenge());
                    route.fail(401);
                },
                route::next);
    }

    /** Says which methods the path has: the answer must name them (RFC 9110, 15.5.6). */
    private static void notAllowed(Router router, RoutingContext route) {
        var path = route.normalizedPath();
        var allowed = new TreeSet<String>();
        router.getRoutes().stream()
                .filter(one -> path.equals(one.getPath()) && one.methods() != null)
                .forEach(one -> one.methods().forEach(method -> allowed.add(method.name())));
        route.response().putHeader(HttpHeaders.ALLOW, String.join(", ", allowed));
        JsonReplies.error(route, 405, "method not allowed: " + route.request().method());
    }
}
