package dev.quantgate.worker.api.inference;

import java.time.Duration;
import java.util.List;

/** What a generation sends: any number of chunks, then exactly one completion (or a failure of the stream). */
public sealed interface GenerateEvent {

    /**
     * A piece of text: whole UTF-8 characters only.
     *
     * @param text of the answer, may be empty
     * @param reasoning text of the thinking part, may be empty
     * @param toolCalls calls that became complete
     * @param tokens number of tokens behind the piece
     * @param logprobs one entry for each token if asked for, else empty
     */
    record Chunk(String text, String reasoning, List<ToolCall> toolCalls, int tokens, List<TokenLogprob> logprobs)
            implements GenerateEvent {
        public Chunk {
            toolCalls = List.copyOf(toolCalls);
            logprobs = List.copyOf(logprobs);
        }

        public static Chunk of(String text, int tokens) {
            return new Chunk(text, "", List.of(), tokens, List.of());
        }
    }

    /**
     * The end of the text.
     *
     * @param reason why it ended
     * @param promptTokens tokens of the prompt
     * @param completionTokens tokens generated
     * @param cachedTokens tokens of the prompt that came from the prefix cache
     * @param draftedTokens tokens that were guessed ahead and computed
     * @param acceptedDraftTokens those of them that became part of the text
     * @param timings times taken
     * @param seed the seed that was used, bits of an unsigned 32-bit number
     * @param stopMatch the stop string that matched, or empty
     * @param sessionTokens tokens whose state the request's session holds now; 0 for none
     */
    record Completed(
            FinishReason reason,
            int promptTokens,
            int completionTokens,
            int cachedTokens,
            int draftedTokens,
            int acceptedDraftTokens,
            Timings timings,
            int seed,
            String stopMatch,
            int sessionTokens)
            implements GenerateEvent {}

    /** Why a text ended. */
    enum FinishReason {
        STOP,
        LENGTH,
        TOOL_CALLS
    }

    /**
     * Wall times on the worker.
     *
     * @param queue from arrival to the start of the prompt's processing
     * @param prefill processing of the prompt
     * @param firstToken from arrival to the first token
     * @param decode from the first token to the last
     */
    record Timings(Duration queue, Duration prefill, Duration firstToken, Duration decode) {}
}
