package dev.quantgate.gateway.http;

import dev.quantgate.gateway.routing.Catalogue;
import dev.quantgate.gateway.routing.WorkerRouter;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRecord;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** {@code GET /models/active}: every model that is in memory, on its way there, or failed to get there. */
public final class ActiveModelsRoute implements RouteModule {
    /** Types under which a client of one encoder for each type finds it. */
    private static final Set<String> KEYED_BY_TYPE = Set.of("roberta", "xlm-roberta", "distilbert");

    private final HttpCalls calls;
    private final WorkerRouter router;
    private final Catalogue catalogue;

    public ActiveModelsRoute(HttpCalls calls, WorkerRouter router, Catalogue catalogue) {
        this.calls = calls;
        this.router = router;
        this.catalogue = catalogue;
    }

    @Override
    public void mount(Router routes) {
        routes.get("/models/active").handler(calls.counted(this::handle));
    }

    private void handle(RoutingContext route, CallContext call) {
        // Without workers nothing is loaded, which is an answer and no error.
        var models = router.hasLive() ? catalogue.list(call) : CompletableFuture.completedStage(List.<ModelRecord>of());
        calls.whenComplete(route, models, all -> JsonReplies.send(route, 200, active(all)), cause -> {
            var failure = HttpFailures.planned(route, cause);
            JsonReplies.error(route, HttpFailures.status(failure.kind()), HttpFailures.words(failure));
        });
    }

    static JsonObject active(List<ModelRecord> models) {
        var states = new LinkedHashMap<ModelRecord, String>();
        models.forEach(model -> status(model).ifPresent(status -> states.put(model, status)));
        var answer = new JsonObject();
        states.forEach((model, status) -> answer.put(
                key(model, states),
                new JsonObject().put("status", status).put("metadata", new JsonObject(model.metadataJson()))));
        return answer;
    }

    private static String key(ModelRecord model, Map<ModelRecord, String> shown) {
        var type = model.modelType();
        var alone = shown.keySet().stream()
                .filter(other -> !other.name().equals(model.name()))
                .noneMatch(
                        other -> other.modelType().equals(type) || other.name().equals(type));
        return KEYED_BY_TYPE.contains(type) && alone ? type : model.name();
    }

    private static Optional<String> status(ModelRecord model) {
        if (has(model, LoadState.ACTIVE)) {
            return Optional.of("active");
        }
        if (has(model, LoadState.LOADING)) {
            return Optional.of("loading");
        }
        return has(model, LoadState.FAILED) ? Optional.of("failed") : Optional.empty();
    }

    private static boolean has(ModelRecord model, LoadState state) {
        return model.variants().stream().anyMatch(variant -> variant.state() == state);
    }
}
