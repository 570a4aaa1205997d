package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.GenerateEvent.Completed;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What every part of an answer repeats.
 *
 * @param id of the answer
 * @param createdSeconds when it was asked for, seconds since 1970
 * @param model the name as the client wrote it
 */
record AnswerHead(String id, long createdSeconds, String model) {
    /** Writes the fields, without the brace before them. */
    JsonOut write(JsonOut out, String object) {
        return out.raw("\"id\":")
                .string(id)
                .raw(",\"object\":")
                .string(object)
                .raw(",\"created\":")
                .number(createdSeconds)
                .raw(",\"model\":")
                .string(model);
    }

    /** Writes the tokens of all choices; those of a prompt count once. */
    static JsonOut usage(JsonOut out, List<Choice> choices, int choicesPerPrompt) {
        int prompt = 0;
        int cached = 0;
        int completion = 0;
        for (var choice : choices) {
            var completed = Objects.requireNonNull(choice.completed, "completed");
            completion += completed.completionTokens();
            if (choice.index % choicesPerPrompt == 0) {
                prompt += completed.promptTokens();
                cached += completed.cachedTokens();
            }
        }
        return out.raw("\"usage\":{\"prompt_tokens\":")
                .number(prompt)
                .raw(",\"completion_tokens\":")
                .number(completion)
                .raw(",\"total_tokens\":")
                .number((long) prompt + completion)
                .raw(",\"prompt_tokens_details\":{\"cached_tokens\":")
                .number(cached)
                .raw("}}");
    }

    /** Writes why the choice ended, and what this gateway adds: the seed that was used, the times taken, and guessed tokens. */
    static void ending(JsonOut out, Completed completed) {
        out.raw(",\"finish_reason\":\"")
                .raw(AnswerFormat.finish(completed.reason()))
                .raw("\",\"seed\":")
                .number(Integer.toUnsignedLong(completed.seed()));
        var timings = completed.timings();
        millis(out.raw(",\"timings\":{\"queue_ms\":"), timings.queue());
        millis(out.raw(",\"prefill_ms\":"), timings.prefill());
        millis(out.raw(",\"first_token_ms\":"), timings.firstToken());
        millis(out.raw(",\"decode_ms\":"), timings.decode());
        out.raw(",\"draft_n\":")
                .number(completed.draftedTokens())
                .raw(",\"draft_n_accepted\":")
                .number(completed.acceptedDraftTokens())
                .raw("}");
    }

    private static void millis(JsonOut out, Duration duration) {
        out.number(TimeUnit.NANOSECONDS.toMicros(duration.toNanos()) / 1e3);
    }
}
