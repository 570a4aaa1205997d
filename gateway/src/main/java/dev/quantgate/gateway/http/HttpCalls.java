package dev.quantgate.gateway.http;

import dev.quantgate.gateway.routing.Admission;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** What HTTP routes share: admission, body limits, media types, and the way back to the event loop. */
public final class HttpCalls {
    private static final Pattern JSON =
            Pattern.compile("application/json\\s*(;\\s*charset\\s*=\\s*\"?utf-8\"?\\s*)?;?\\s*");

    private final Admission admission;
    private final int maxBodyBytes;
    private final long bodyMillis;

    /**
     * Makes the shared parts.
     *
     * @param admission counts the calls and refuses new ones while the gateway drains
     * @param maxBodyBytes most bytes of one request body; more is 413
     * @param bodyTimeout how long a body may take; zero is for ever
     */
    public HttpCalls(Admission admission, int maxBodyBytes, Duration bodyTimeout) {
        this.bodyMillis = bodyTimeout.toMillis();
        this.admission = admission;
        this.maxBodyBytes = maxBodyBytes;
    }

    /** Refuses every media type but JSON in UTF-8 with 415. */
    public Handler<RoutingContext> jsonType() {
        return route -> {
            var type = route.request().getHeader(HttpHeaders.CONTENT_TYPE);
            if (type != null && JSON.matcher(type.toLowerCase(Locale.ROOT)).matches()) {
                route.next();
            } else {
                route.fail(415);
            }
        };
    }

    /** Reads the body into memory, up to the limit; hangs up on a client that takes too long over it. */
    public Handler<RoutingContext> body() {
        var reader = BodyHandler.create(false).setBodyLimit(maxBodyBytes);
        return route -> {
            if (bodyMillis > 0 && !route.request().isEnded()) {
                var timer = route.vertx().setTimer(bodyMillis, late -> hangUp(route));
                route.addEndHandler(ended -> route.vertx().cancelTimer(timer));
            }
            reader.handle(route);
        };
    }

    private static void hangUp(RoutingContext route) {
        if (!route.request().isEnded()) {
            if (route.request().version() == HttpVersion.HTTP_2) {
                route.response().reset();
            } else {
                route.request().connection().close();
            }
        }
    }

    /** The bytes of a body that {@link #body()} has read. */
    public static Buffer bodyOf(RoutingContext route) {
        var body = route.body().buffer();
        return body == null ? Buffer.buffer() : body;
    }

    /** Lets a call in if the gateway takes calls, and counts it until its response ends or its client is gone. */
    public Handler<RoutingContext> counted(BiConsumer<RoutingContext, CallContext> handler) {
        return counted(handler, (route, draining) -> JsonReplies.error(route, 503, draining.message()));
    }

    /** Like {@link #counted(BiConsumer)}, with a shape of its own for the refusal. */
    public Handler<RoutingContext> counted(
            BiConsumer<RoutingContext, CallContext> handler, BiConsumer<RoutingContext, WorkerFailure> refuse) {
        return route -> admission.enter().ifPresentOrElse(draining -> refuse.accept(route, draining), () -> {
            route.addEndHandler(ended -> admission.leave());
            handler.accept(route, context(route));
        });
    }

    /** Goes on, on the request's event loop, when {@code stage} is complete. */
    public <T> void whenComplete(
            RoutingContext route, CompletionStage<T> stage, Consumer<T> onSuccess, Consumer<Throwable> onFailure) {
        var loop = Vertx.currentContext();
        stage.whenComplete((value, failure) -> loop.runOnContext(ignored -> {
            if (failure == null) {
                onSuccess.accept(value);
            } else {
                onFailure.accept(failure);
            }
        }));
    }

    private static CallContext context(RoutingContext route) {
        var address = route.request().remoteAddress();
        var client = address == null || address.hostAddress() == null ? "" : address.hostAddress();
        var id = Long.toHexString(ThreadLocalRandom.current().nextLong());
        return new CallContext(id, CallContext.NO_TIMEOUT, client, new Cancellation());
    }
}
