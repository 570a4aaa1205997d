package dev.quantgate.gateway.http;

import dev.quantgate.gateway.routing.Catalogue;
import dev.quantgate.gateway.routing.OperationWait;
import dev.quantgate.gateway.routing.Operations;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * {@code POST /models/quantize}: quantises a model and answers when that is done. A call that finds the work running
 * waits for it. A client that hangs up stops nothing: the operation belongs to the store.
 */
public final class QuantizeRoute implements RouteModule {
    private static final String PATH = "/models/quantize";
    private static final Set<String> FIELDS = Set.of("model_type", "quantization", "allow_requantize");
    private static final int MAX_ECHO = 256;

    private final HttpCalls calls;
    private final Catalogue catalogue;
    private final Operations operations;
    private final OperationWait wait;

    public QuantizeRoute(HttpCalls calls, Catalogue catalogue, Operations operations) {
        this.calls = calls;
        this.catalogue = catalogue;
        this.operations = operations;
        this.wait = new OperationWait(operations);
    }

    @Override
    public void mount(Router router) {
        router.post(PATH).handler(calls.jsonType());
        router.post(PATH).handler(calls.body()).handler(calls.counted(this::handle));
    }

    private void handle(RoutingContext route, CallContext call) {
        Body body;
        try {
            body = Body.read(new JsonFields(StrictJson.object(HttpCalls.bodyOf(route)), FIELDS));
        } catch (WorkerException malformed) {
            JsonReplies.error(route, 400, HttpFailures.words(malformed.failure()));
            return;
        }
        calls.whenComplete(route, quantize(body, call), done -> answer(route, body, done), cause -> {
            refuse(route, body, HttpFailures.planned(route, cause));
        });
    }

    private CompletionStage<Done> quantize(Body body, CallContext call) {
        return catalogue
                .byNameOrType(body.model(), call)
                .thenCompose(model -> operations.quantize(body.request(model.name()), call))
                .thenCompose(started -> {
                    var existed = started.alreadyDone() || started.callers() > 1;
                    return (started.state().isFinal()
                                    ? CompletableFuture.completedStage(started)
                                    : wait.untilFinal(started.id(), call))
                            .thenApply(ended -> new Done(ended, existed || ended.alreadyDone()));
                });
    }

    private static void answer(RoutingContext route, Body body, Done done) {
        var operation = done.operation();
        switch (operation.state()) {
            case SUCCEEDED -> JsonReplies.send(route, 200, done.existed() ? existed(body) : quantized(body));
            case FAILED ->
                refuse(
                        route,
                        body,
                        operation
                                .failure()
                                .filter(failure -> failure.kind() != FailureKind.INTERNAL)
                                .orElseGet(() -> WorkerFailure.of(FailureKind.INTERNAL, HttpFailures.BUG)));
            case CANCELLED ->
                refuse(route, body, WorkerFailure.of(FailureKind.CANCELLED, "the operation was cancelled"));
            case QUEUED, RUNNING, PUBLISHING -> throw new IllegalStateException("not final: " + operation.state());
        }
    }

    private static JsonObject quantized(Body body) {
        return new JsonObject()
                .put("status", "success")
                .put("message", "Successfully quantized " + body.model() + " model")
                .put("is_quantized", true);
    }

    private static JsonObject existed(Body body) {
        return new JsonObject()
                .put("status", "success")
                .put("message", "Model " + body.model() + " is already quantized")
                .put("already_quantized", true);
    }

    private static void refuse(RoutingContext route, Body body, WorkerFailure failure) {
        switch (failure.kind()) {
            case MODEL_NOT_FOUND, VARIANT_NOT_FOUND, UNSUPPORTED ->
                JsonReplies.error(route, 404, "Model " + body.model() + " not found or not supported for quantization");
            case INVALID_REQUEST -> JsonReplies.error(route, 400, HttpFailures.words(inTermsOfBody(failure)));
            default -> JsonReplies.error(route, 500, "Error during quantization: " + HttpFailures.words(failure));
        }
    }

    /** Workers know the type by the name that it has in their own requests. */
    private static WorkerFailure inTermsOfBody(WorkerFailure failure) {
        return failure.field().equals("quantization_type")
                ? WorkerFailure.invalid("quantization", failure.message())
                : failure;
    }

    private record Done(OperationRecord operation, boolean existed) {}

    private record Body(String model, String quantization, boolean allowRequantize) {
        static Body read(JsonFields fields) {
            var model = fields.string("model_type")
                    .orElseThrow(() -> JsonFields.invalid("model_type", "missing", "the name of a model"));
            if (model.isEmpty() || model.length() > MAX_ECHO) {
                throw JsonFields.invalid("model_type", model.length() + " characters", "1 to " + MAX_ECHO);
            }
            return new Body(
                    model,
                    fields.string("quantization").orElse(""),
                    fields.bool("allow_requantize").orElse(false));
        }

        QuantizeRequest request(String name) {
            return new QuantizeRequest(name, quantization, "", allowRequantize, Optional.empty(), true);
        }
    }
}
