package dev.quantgate.gateway.http.openai;

import dev.quantgate.gateway.http.HttpCalls;
import dev.quantgate.gateway.http.HttpFailures;
import dev.quantgate.gateway.http.RouteModule;
import dev.quantgate.gateway.http.StrictJson;
import dev.quantgate.gateway.routing.Routing;
import dev.quantgate.worker.api.CallContext;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The part of OpenAI's HTTP API that this gateway speaks; every answer under {@code /v1} has that API's shape. */
public final class OpenAiRoutes implements RouteModule {
    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETIONS = "/v1/completions";
    private static final String EMBEDDINGS = "/v1/embeddings";
    private static final String MODELS = "/v1/models";
    private static final Set<String> PATHS = Set.of(CHAT, COMPLETIONS, EMBEDDINGS, MODELS);

    private final HttpCalls calls;
    private final Routing routing;

    public OpenAiRoutes(HttpCalls calls, Routing routing) {
        this.calls = calls;
        this.routing = routing;
    }

    /** Answers a body. */
    private interface Method {
        void answer(RoutingContext route, CallContext call, Fields body);
    }

    @Override
    public void mount(Router router) {
        router.route("/v1/*").failureHandler(OpenAiRoutes::failed);
        post(router, CHAT, (route, call, body) -> generate(route, call, body, ChatFields::read));
        post(router, COMPLETIONS, (route, call, body) -> generate(route, call, body, CompletionFields::read));
        post(router, EMBEDDINGS, this::embed);
        router.get(MODELS)
                .handler(calls.counted(
                        (route, call) ->
                                reply(route, routing.catalogue().list(call).thenApply(ModelJson::list)),
                        OpenAiErrors::send));
        router.get(MODELS + "/:id").handler(calls.counted(this::model, OpenAiErrors::send));
        router.route("/v1/*").handler(route -> {
            var path = route.normalizedPath();
            OpenAiErrors.refused(route, PATHS.contains(path) || path.startsWith(MODELS + "/") ? 405 : 404);
        });
    }

    private void post(Router router, String path, Method method) {
        router.post(path).handler(calls.jsonType());
        router.post(path)
                .handler(calls.body())
                .handler(calls.counted(
                        (route, call) -> {
                            route.response().putHeader("x-request-id", call.requestId());
                            guard(
                                    route,
                                    () -> method.answer(
                                            route, call, Fields.of(StrictJson.object(HttpCalls.bodyOf(route)))));
                        },
                        OpenAiErrors::send));
    }

    private void generate(
            RoutingContext route, CallContext call, Fields body, Function<Fields, GenerationPlan> reader) {
        var plan = reader.apply(body);
        var caller = Callers.identified(route, call, body.string("user"));
        new GenerationCall(route, caller, plan).start(routing.inference());
    }

    private void embed(RoutingContext route, CallContext call, Fields body) {
        var request = EmbeddingFields.read(body);
        var caller = Callers.identified(route, call, body.string("user"));
        route.addEndHandler(ended -> caller.cancellation().cancel());
        reply(
                route,
                routing.inference()
                        .run(request.task(), caller)
                        .thenApply(embedded -> EmbeddingJson.answer(request, embedded)));
    }

    private void model(RoutingContext route, CallContext call) {
        guard(route, () -> {
            var ref = ModelNames.parse(route.pathParam("id"));
            reply(route, routing.catalogue().get(ref.model(), call).thenApply(model -> ModelJson.one(ref, model)));
        });
    }

    private void reply(RoutingContext route, CompletionStage<JsonOut> answer) {
        calls.whenComplete(
                route,
                answer,
                body -> OpenAiReplies.send(route, 200, body),
                cause -> OpenAiErrors.send(route, HttpFailures.planned(route, cause)));
    }

    private static void guard(RoutingContext route, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException failure) {
            OpenAiErrors.send(route, HttpFailures.planned(route, failure));
        }
    }

    private static void failed(RoutingContext route) {
        if (route.failure() != null && route.statusCode() >= 500) {
            OpenAiErrors.send(route, HttpFailures.planned(route, route.failure()));
        } else {
            OpenAiErrors.refused(route, route.statusCode());
        }
    }
}
