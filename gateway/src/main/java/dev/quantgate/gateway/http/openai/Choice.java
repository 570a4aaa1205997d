package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import dev.quantgate.worker.api.inference.GenerateEvent.Completed;
import dev.quantgate.worker.api.inference.TokenLogprob;
import dev.quantgate.worker.api.inference.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the texts that answer a request, as far as it has come. Lives on one event loop. */
final class Choice {
    final int index;
    final StringBuilder text = new StringBuilder();
    final StringBuilder reasoning = new StringBuilder();
    final List<ToolCall> toolCalls = new ArrayList<>();
    final List<TokenLogprob> logprobs = new ArrayList<>();
    /** Whether a part of it was sent. */
    boolean started;
    /** Calls of tools that were sent. */
    int sentToolCalls;
    /** Characters of the text that were sent. */
    int sentCharacters;

    @Nullable
    Completed completed;

    Choice(int index) {
        this.index = index;
    }

    void gather(Chunk chunk) {
        text.append(chunk.text());
        reasoning.append(chunk.reasoning());
        toolCalls.addAll(chunk.toolCalls());
        logprobs.addAll(chunk.logprobs());
    }
}
