package dev.quantgate.bench.gateway;

import dev.quantgate.bench.load.Prompt;
import dev.quantgate.bench.process.Store;
import dev.quantgate.v1.GenerateRequest;
import dev.quantgate.v1.GenerateResponse;
import dev.quantgate.v1.GenerationOptions;
import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.v1.SamplingParameters;
import io.grpc.Channel;
import io.grpc.Context;

/** A stream whose client leaves in the middle. */
final class CancelledStream {
    private static final int MAX_TOKENS = 500;

    private final InferenceServiceGrpc.InferenceServiceBlockingStub stub;
    private final Prompt prompt;

    CancelledStream(Channel channel, Prompt prompt) {
        stub = InferenceServiceGrpc.newBlockingStub(channel);
        this.prompt = prompt;
    }

    /** Cancels when at least so many tokens have come, and returns how many had come by then. */
    int cancelAfter(int tokens) throws Exception {
        var context = Context.current().withCancellation();
        try {
            return context.call(() -> receive(tokens));
        } finally {
            context.cancel(null);
        }
    }

    private int receive(int tokens) {
        var responses = stub.generate(GenerateRequest.newBuilder()
                .setModel(Store.MODEL)
                .setPrompt(prompt.text())
                .setSampling(SamplingParameters.newBuilder().setTemperature(0))
                .setOptions(
                        GenerationOptions.newBuilder().setMaxTokens(MAX_TOKENS).setIgnoreEos(true))
                .build());
        var received = 0;
        while (received < tokens && responses.hasNext()) {
            GenerateResponse response = responses.next();
            received += response.getChunk().getTokens();
        }
        return received;
    }
}
