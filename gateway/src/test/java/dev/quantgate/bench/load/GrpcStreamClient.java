package dev.quantgate.bench.load;

import dev.quantgate.v1.ChatMessage;
import dev.quantgate.v1.ChatRequest;
import dev.quantgate.v1.ChatResponse;
import dev.quantgate.v1.GenerateRequest;
import dev.quantgate.v1.GenerateResponse;
import dev.quantgate.v1.GenerationOptions;
import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.v1.SamplingParameters;
import io.grpc.Channel;
import java.util.concurrent.CompletionStage;

/** A client of Quantgate's gRPC API. */
public final class GrpcStreamClient implements StreamClient {
    private final InferenceServiceGrpc.InferenceServiceStub stub;
    private final String model;

    public GrpcStreamClient(Channel channel, String model) {
        stub = InferenceServiceGrpc.newStub(channel);
        this.model = model;
    }

    @Override
    public CompletionStage<Trace> send(Request request) {
        return request.jsonSchema().isPresent() ? chat(request) : generate(request);
    }

    private CompletionStage<Trace> generate(Request request) {
        var answer = new TraceObserver<GenerateResponse>(
                GenerateResponse::hasChunk,
                response -> response.getCompletion().getUsage().getCompletionTokens());
        var message = GenerateRequest.newBuilder()
                .setModel(model)
                .setPrompt(request.prompt().text())
                .setSampling(sampling(request))
                .setOptions(GenerationOptions.newBuilder()
                        .setMaxTokens(request.maxTokens())
                        .setIgnoreEos(true))
                .build();
        answer.start();
        stub.generate(message, answer);
        return answer.trace();
    }

    private CompletionStage<Trace> chat(Request request) {
        var answer = new TraceObserver<ChatResponse>(
                ChatResponse::hasDelta,
                response -> response.getCompletion().getUsage().getCompletionTokens());
        var message = ChatRequest.newBuilder()
                .setModel(model)
                .addMessages(ChatMessage.newBuilder()
                        .setRole("user")
                        .setContent(request.prompt().text()))
                .setSampling(sampling(request))
                .setOptions(GenerationOptions.newBuilder().setMaxTokens(request.maxTokens()))
                .build();
        answer.start();
        stub.chat(message, answer);
        return answer.trace();
    }

    private static SamplingParameters sampling(Request request) {
        var sampler = request.sampler();
        var sampling = SamplingParameters.newBuilder()
                .setTemperature(sampler.temperature())
                .setTopK(sampler.topK())
                .setTopP(sampler.topP())
                .setMinP(sampler.minP())
                .setSeed(request.seed());
        request.jsonSchema().ifPresent(sampling::setJsonSchema);
        return sampling.build();
    }

    /** Leaves the channel to its owner. */
    @Override
    public void close() {}
}
