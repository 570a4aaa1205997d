package dev.quantgate.bench.load;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.util.concurrent.CompletionStage;

/** A client of the OpenAI HTTP API with streaming, the same for every server. */
public final class OpenAiStreamClient implements StreamClient {
    private static final int MOST_CONNECTIONS = 256;

    private final HttpClient http;
    private final int port;
    private final String model;

    /** Calls a server on this machine. */
    public OpenAiStreamClient(Vertx vertx, int port, String model) {
        var options = new HttpClientOptions().setTcpNoDelay(true).setKeepAlive(true);
        http = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS));
        this.port = port;
        this.model = model;
    }

    @Override
    public CompletionStage<Trace> send(Request request) {
        var answer = new SseTrace();
        var path = request.jsonSchema().isPresent() ? "/v1/chat/completions" : "/v1/completions";
        var body = OpenAiBody.of(model, request).toBuffer();
        answer.start();
        http.request(HttpMethod.POST, port, "127.0.0.1", path)
                .compose((HttpClientRequest call) ->
                        call.putHeader("content-type", "application/json").send(body))
                .onSuccess(response -> read(response, answer))
                .onFailure(answer::fail);
        return answer.trace();
    }

    private static void read(HttpClientResponse response, SseTrace answer) {
        response.exceptionHandler(answer::fail);
        if (response.statusCode() != 200) {
            response.body()
                    .onComplete(body -> answer.fail(new IllegalStateException("status " + response.statusCode() + ": "
                            + (body.succeeded() ? body.result() : "no body"))));
            return;
        }
        response.handler(answer::received).endHandler(end -> answer.end());
    }

    @Override
    public void close() {
        http.close().toCompletionStage().toCompletableFuture().join();
    }
}
