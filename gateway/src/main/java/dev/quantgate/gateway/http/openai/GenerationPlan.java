package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.GenerateRequest;
import java.util.List;

/**
 * What one HTTP request for generated text comes to.
 *
 * @param model the name as the client wrote it
 * @param requests one for each choice of the answer, in the order of their indexes
 * @param choicesPerPrompt how many requests in a row share a prompt, whose tokens count once
 * @param stream whether the answer comes as server-sent events
 * @param includeUsage whether a stream ends with the tokens used
 * @param format how the answer looks
 */
record GenerationPlan(
        String model,
        List<GenerateRequest> requests,
        int choicesPerPrompt,
        boolean stream,
        boolean includeUsage,
        AnswerFormat format) {
    /** Most choices of one answer. */
    static final int MAX_CHOICES = 128;

    GenerationPlan {
        requests = List.copyOf(requests);
        if (requests.isEmpty() || requests.size() > MAX_CHOICES) {
            throw Fields.invalid("n", requests.size() + " choices in all", "1 to " + MAX_CHOICES);
        }
    }

    /** Reads {@code stream_options}, which only a stream may have. */
    static boolean includeUsage(Fields body, boolean stream) {
        if (body.has("stream_options") && !stream) {
            throw Fields.invalid("stream_options", "without a stream", "only if stream is true");
        }
        return body.object("stream_options")
                .map(options -> options.flag("include_usage", false))
                .orElse(false);
    }

    /** Reads {@code n}. */
    static int choices(Fields body) {
        return body.whole("n", 1, MAX_CHOICES).orElse(1);
    }
}
