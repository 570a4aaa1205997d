package dev.quantgate.gateway.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.TreeSet;

/** Every HTTP route of the gateway, with JSON bodies for what no route answers. */
public final class HttpRoutes {
    private final List<RouteModule> modules;

    public HttpRoutes(List<RouteModule> modules) {
        this.modules = List.copyOf(modules);
    }

    /** Makes a router with all routes for one event loop. */
    public Router newRouter(Vertx vertx) {
        var router = Router.router(vertx);
        modules.forEach(module -> module.mount(router));
        router.errorHandler(
                400, route -> JsonReplies.error(route, 400, "malformed request (expected: HTTP with a valid body)"));
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
