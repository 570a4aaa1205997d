package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import dev.quantgate.worker.api.inference.GenerateEvent.FinishReason;

/** How answers of one route look: what a choice holds besides its index and its finish reason. */
interface AnswerFormat {
    /** First part of an answer's id. */
    String idPrefix();

    /** The {@code object} of a whole answer. */
    String wholeObject();

    /** The {@code object} of an event of a stream. */
    String eventObject();

    /** Writes the part of a choice that {@code chunk} brings. */
    void part(JsonOut out, Choice choice, Chunk chunk);

    /** Writes a part that brings nothing. */
    void emptyPart(JsonOut out, Choice choice);

    /** Writes everything that a choice has gathered. */
    void whole(JsonOut out, Choice choice);

    /** Whether a chunk is worth an event of its own. */
    default boolean shows(Chunk chunk) {
        return !chunk.text().isEmpty()
                || !chunk.reasoning().isEmpty()
                || !chunk.toolCalls().isEmpty()
                || !chunk.logprobs().isEmpty();
    }

    /** The API's word for why a text ended. */
    static String finish(FinishReason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case TOOL_CALLS -> "tool_calls";
        };
    }
}
