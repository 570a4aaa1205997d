package dev.quantgate.gateway.http;

import dev.quantgate.gateway.routing.Readiness;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;

/** {@code GET /healthz} answers while the process lives, {@code GET /readyz} while it can serve. */
public final class ProbeRoutes implements RouteModule {
    private final Readiness readiness;

    public ProbeRoutes(Readiness readiness) {
        this.readiness = readiness;
    }

    @Override
    public void mount(Router router) {
        probe(router, "/healthz").handler(route -> JsonReplies.send(route, 200, new JsonObject().put("status", "ok")));
        probe(router, "/readyz").handler(route -> {
            if (readiness.isReady()) {
                JsonReplies.send(route, 200, new JsonObject().put("status", "ready"));
            } else {
                JsonReplies.error(route, 503, "not ready: no worker takes calls");
            }
        });
    }

    /** Load balancers may ask for the status alone. */
    private static Route probe(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }
}
