package dev.quantgate.gateway.http.metrics;

import dev.quantgate.gateway.http.HttpFailures;
import dev.quantgate.gateway.http.JsonReplies;
import dev.quantgate.gateway.http.RouteModule;
import dev.quantgate.gateway.routing.Routing;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /metrics}: the gateway's figures in Prometheus' text format. The library behind them is loaded at the first
 * scrape, off the event loop, because that takes longer than starting the gateway may.
 */
public final class MetricsRoute implements RouteModule {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final Routing routing;
    private @Nullable MetricsPage page;

    public MetricsRoute(Routing routing) {
        this.routing = routing;
    }

    @Override
    public void mount(Router router) {
        router.get("/metrics").handler(this::handle);
    }

    private void handle(RoutingContext route) {
        route.vertx()
                .executeBlocking(this::scrape, false)
                .onSuccess(text -> {
                    if (!route.response().closed()) {
                        route.response()
                                .putHeader(HttpHeaders.CONTENT_TYPE, TEXT)
                                .end(text);
                    }
                })
                .onFailure(
                        cause -> JsonReplies.error(route, 500, HttpFailures.words(HttpFailures.planned(route, cause))));
    }

    private synchronized String scrape() {
        if (page == null) {
            page = new MetricsPage(routing);
        }
        return page.text();
    }
}
