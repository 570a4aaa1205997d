package dev.quantgate.gateway.http;

import io.vertx.ext.web.Router;

/** A group of HTTP routes; the composition root decides which groups are mounted. */
@FunctionalInterface
public interface RouteModule {
    /** Adds the routes to {@code router}. Called once for each event loop, so a module keeps no state of a router. */
    void mount(Router router);
}
