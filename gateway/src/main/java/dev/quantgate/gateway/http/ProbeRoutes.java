package dev.quantgate.gateway.http;

import dev.quantgate.gateway.routing.Readiness;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;

/** {@code GET /healthz} answers while the process lives, {@code GET /readyz} while it can serve. */
public final class ProbeRoutes implements RouteModule {
    private final Readiness readiness;

    public ProbeRoutes(Readiness readiness) {
        this.readiness = readiness;
    }

    @Override
    public void mount(Router router) {
        router.get("/healthz").handler(route -> JsonReplies.send(route, 200, new JsonObject().put("status", "ok")));
        router.get("/readyz").handler(route -> {
            if (readiness.isReady()) {
                JsonReplies.send(route, 200, new JsonObject().put("status", "ready"));
            } else {
                JsonReplies.error(route, 503, "not ready: no worker takes calls");
            }
        });
    }
}
