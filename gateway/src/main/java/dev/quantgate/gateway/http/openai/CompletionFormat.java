package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import java.util.List;

/**
 * Answers of {@code /v1/completions}.
 *
 * @param logprobs whether the client asked for log-probabilities
 * @param echo whether each text begins with its prompt
 * @param prompts the prompts
 * @param choicesPerPrompt how many choices in a row share a prompt
 */
record CompletionFormat(boolean logprobs, boolean echo, List<String> prompts, int choicesPerPrompt)
        implements AnswerFormat {
    private static final byte[] TEXT = JsonOut.ascii("\"text\":\"");
    private static final byte[] NO_LOGPROBS = JsonOut.ascii("\",\"logprobs\":null");
    private static final byte[] LOGPROBS = JsonOut.ascii("\",\"logprobs\":");

    CompletionFormat {
        prompts = List.copyOf(prompts);
    }

    @Override
    public String idPrefix() {
        return "cmpl-";
    }

    @Override
    public String wholeObject() {
        return "text_completion";
    }

    @Override
    public String eventObject() {
        return wholeObject();
    }

    @Override
    public void part(JsonOut out, Choice choice, Chunk chunk) {
        out.raw(TEXT);
        if (!choice.started) {
            prompt(out, choice);
        }
        out.text(chunk.text());
        if (logprobs && !chunk.logprobs().isEmpty()) {
            LogprobJson.completion(out.raw(LOGPROBS), chunk.logprobs(), choice.sentCharacters);
            choice.sentCharacters += chunk.text().length();
        } else {
            out.raw(NO_LOGPROBS);
        }
    }

    @Override
    public void emptyPart(JsonOut out, Choice choice) {
        out.raw(TEXT);
        if (!choice.started) {
            prompt(out, choice);
        }
        out.raw(NO_LOGPROBS);
    }

    @Override
    public void whole(JsonOut out, Choice choice) {
        out.raw(TEXT);
        prompt(out, choice);
        out.text(choice.text.toString());
        if (logprobs) {
            LogprobJson.completion(out.raw(LOGPROBS), choice.logprobs, 0);
        } else {
            out.raw(NO_LOGPROBS);
        }
    }

    private void prompt(JsonOut out, Choice choice) {
        if (echo) {
            out.text(prompts.get(choice.index / choicesPerPrompt));
        }
    }
}
