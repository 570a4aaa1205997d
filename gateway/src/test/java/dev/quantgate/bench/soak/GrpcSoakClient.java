package dev.quantgate.bench.soak;

import dev.quantgate.bench.process.Store;
import dev.quantgate.v1.GenerateRequest;
import dev.quantgate.v1.GenerateResponse;
import dev.quantgate.v1.GenerationOptions;
import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.v1.SamplingParameters;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/** A client of the gRPC API with a connection of its own. */
final class GrpcSoakClient implements SoakClient {
    /** So little that an answer with log-probabilities does not fit: who does not read stops the gateway. */
    private static final int WINDOW_BYTES = 2048;

    private static final int LOGPROBS = 5;

    private final int port;
    private ManagedChannel channel;

    GrpcSoakClient(int port) {
        this.port = port;
        channel = connect();
    }

    private ManagedChannel connect() {
        return NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .flowControlWindow(WINDOW_BYTES)
                .build();
    }

    @Override
    public Answer ask(Task task, Behaviour behaviour, int parts) throws Exception {
        var call = Context.current().withCancellation();
        try {
            return call.call(() -> read(call, task, behaviour, parts));
        } finally {
            call.cancel(null);
        }
    }

    private Answer read(Context.CancellableContext call, Task task, Behaviour behaviour, int parts) throws Exception {
        var responses = InferenceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .generate(request(task, behaviour));
        var text = new StringBuilder();
        var tokens = 0;
        for (int read = 0; responses.hasNext(); read++) {
            var response = responses.next();
            if (response.hasCompletion()) {
                requireEnd(responses);
                return new Answer(
                        text.toString(),
                        tokens,
                        response.getCompletion().getUsage().getCompletionTokens());
            }
            text.append(response.getChunk().getText());
            tokens += response.getChunk().getTokens();
            if (read == parts) {
                switch (behaviour) {
                    case READ -> {}
                    case STALL -> Thread.sleep(STALL.toMillis());
                    case CANCEL -> {
                        call.cancel(null);
                        return new Answer(text.toString(), tokens, Answer.UNKNOWN);
                    }
                    case VANISH -> {
                        channel.shutdownNow();
                        channel = connect();
                        return new Answer(text.toString(), tokens, Answer.UNKNOWN);
                    }
                }
            }
        }
        throw new IllegalStateException("the stream ended without its completion");
    }

    private static void requireEnd(Iterator<GenerateResponse> responses) {
        if (responses.hasNext()) {
            throw new IllegalStateException("a message came behind the completion: " + responses.next());
        }
    }

    private static GenerateRequest request(Task task, Behaviour behaviour) {
        var options =
                GenerationOptions.newBuilder().setMaxTokens(task.maxTokens()).setIgnoreEos(true);
        if (behaviour == Behaviour.STALL) {
            options.setLogprobs(LOGPROBS);
        }
        return GenerateRequest.newBuilder()
                .setModel(Store.MODEL)
                .setPrompt(task.prompt())
                .setSampling(SamplingParameters.newBuilder().setTemperature(0))
                .setOptions(options)
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
