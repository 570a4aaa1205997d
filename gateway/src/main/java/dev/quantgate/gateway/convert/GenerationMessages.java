package dev.quantgate.gateway.convert;

import dev.quantgate.v1.ChatDelta;
import dev.quantgate.v1.ChatResponse;
import dev.quantgate.v1.Completion;
import dev.quantgate.v1.FinishReason;
import dev.quantgate.v1.GenerateResponse;
import dev.quantgate.v1.TextChunk;
import dev.quantgate.v1.Timings;
import dev.quantgate.v1.TokenAlternative;
import dev.quantgate.v1.TokenLogprob;
import dev.quantgate.v1.ToolCall;
import dev.quantgate.v1.Usage;
import dev.quantgate.worker.api.inference.GenerateEvent;
import java.time.Duration;

/** Events of a generation as messages of the Generate and Chat streams. */
public final class GenerationMessages {
    private GenerationMessages() {}

    public static GenerateResponse generated(GenerateEvent event) {
        if (event instanceof GenerateEvent.Chunk chunk) {
            var message = TextChunk.newBuilder().setText(chunk.text()).setTokens(chunk.tokens());
            chunk.logprobs().forEach(logprob -> message.addLogprobs(logprob(logprob)));
            return GenerateResponse.newBuilder().setChunk(message).build();
        }
        return GenerateResponse.newBuilder()
                .setCompletion(completion((GenerateEvent.Completed) event))
                .build();
    }

    public static ChatResponse chatted(GenerateEvent event) {
        if (event instanceof GenerateEvent.Chunk chunk) {
            var message = ChatDelta.newBuilder()
                    .setContent(chunk.text())
                    .setReasoningContent(chunk.reasoning())
                    .setTokens(chunk.tokens());
            chunk.toolCalls()
                    .forEach(call -> message.addToolCalls(ToolCall.newBuilder()
                            .setId(call.id())
                            .setName(call.name())
                            .setArgumentsJson(call.argumentsJson())));
            chunk.logprobs().forEach(logprob -> message.addLogprobs(logprob(logprob)));
            return ChatResponse.newBuilder().setDelta(message).build();
        }
        return ChatResponse.newBuilder()
                .setCompletion(completion((GenerateEvent.Completed) event))
                .build();
    }

    private static Completion completion(GenerateEvent.Completed completed) {
        return Completion.newBuilder()
                .setFinishReason(reason(completed.reason()))
                .setUsage(Usage.newBuilder()
                        .setPromptTokens(completed.promptTokens())
                        .setCompletionTokens(completed.completionTokens())
                        .setCachedTokens(completed.cachedTokens())
                        .setDraftedTokens(completed.draftedTokens())
                        .setAcceptedDraftTokens(completed.acceptedDraftTokens()))
                .setTimings(Timings.newBuilder()
                        .setQueueMicros(micros(completed.timings().queue()))
                        .setPrefillMicros(micros(completed.timings().prefill()))
                        .setFirstTokenMicros(micros(completed.timings().firstToken()))
                        .setDecodeMicros(micros(completed.timings().decode())))
                .setSeed(completed.seed())
                .setStopMatch(completed.stopMatch())
                .setSessionTokens(completed.sessionTokens())
                .build();
    }

    private static TokenLogprob logprob(dev.quantgate.worker.api.inference.TokenLogprob logprob) {
        var token = logprob.token();
        var message = TokenLogprob.newBuilder()
                .setToken(token.id())
                .setText(token.bytes().toStringUtf8())
                .setBytes(token.bytes())
                .setLogprob(token.logprob());
        logprob.alternatives()
                .forEach(alternative -> message.addAlternatives(TokenAlternative.newBuilder()
                        .setToken(alternative.id())
                        .setText(alternative.bytes().toStringUtf8())
                        .setBytes(alternative.bytes())
                        .setLogprob(alternative.logprob())));
        return message.build();
    }

    private static FinishReason reason(GenerateEvent.FinishReason reason) {
        return switch (reason) {
            case STOP -> FinishReason.FINISH_REASON_STOP;
            case LENGTH -> FinishReason.FINISH_REASON_LENGTH;
            case TOOL_CALLS -> FinishReason.FINISH_REASON_TOOL_CALLS;
        };
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }
}
