package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput.Prompt;
import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.Optional;

/** The body of {@code POST /v1/completions}. */
final class CompletionFields {
    private static final int DEFAULT_MAX_TOKENS = 16;
    private static final int MAX_LOGPROBS = 20;

    private CompletionFields() {}

    /** Reads a body. @throws WorkerException INVALID_REQUEST that names the field */
    static GenerationPlan read(Fields body) {
        var name = ModelNames.required(body);
        var stream = body.flag("stream", false);
        if (body.string("suffix").filter(suffix -> !suffix.isEmpty()).isPresent()) {
            throw Fields.invalid("suffix", "not supported", "a prompt that is continued at its end");
        }
        var n = GenerationPlan.choices(body);
        if (body.whole("best_of", 1, GenerationPlan.MAX_CHOICES).orElse(n) != n) {
            throw Fields.invalid("best_of", "not supported", "as many as n, or absent");
        }
        var logprobs = body.whole("logprobs", 0, MAX_LOGPROBS);
        var echo = body.flag("echo", false);
        if (echo && logprobs.isPresent()) {
            throw Fields.invalid("echo", "beside logprobs", "one of the two");
        }
        var maxTokens = body.whole("max_tokens", 1, Integer.MAX_VALUE).orElse(DEFAULT_MAX_TOKENS);
        var options = SamplingFields.options(body, maxTokens, logprobs);
        var prompts = prompts(body);
        var model = ModelNames.parse(name);
        if ((long) prompts.size() * n > GenerationPlan.MAX_CHOICES) {
            throw Fields.invalid(
                    "n", prompts.size() + " prompts of " + n, "at most " + GenerationPlan.MAX_CHOICES + " in all");
        }
        var samplings = SamplingFields.sampling(body, n);
        var lora = LoraFields.read(body);
        var session = ChatFields.session(body, prompts.size() * n);
        // Like other servers of this API: special tokens in a prompt are read as such.
        var requests = prompts.stream()
                .map(prompt -> new Prompt(prompt, true))
                .flatMap(prompt -> samplings.stream()
                        .map(sampling ->
                                new GenerateRequest(model, prompt, sampling, options, lora, session, Optional.empty())))
                .toList();
        return new GenerationPlan(
                name,
                requests,
                n,
                stream,
                GenerationPlan.includeUsage(body, stream),
                new CompletionFormat(logprobs.isPresent(), echo, prompts, n));
    }

    private static List<String> prompts(Fields body) {
        if (!body.has("prompt")) {
            throw body.wrongType("prompt", "a string or an array of strings");
        }
        if (body.value("prompt") instanceof JsonArray array) {
            if (array.isEmpty()) {
                throw Fields.invalid("prompt", "empty", "at least one string");
            }
            refuseTokens("prompt", array);
        }
        return body.strings("prompt");
    }

    /** Says clearly that arrays of tokens, which OpenAI takes beside texts, are not taken here. */
    static void refuseTokens(String name, JsonArray array) {
        for (int i = 0; i < array.size(); i++) {
            if (array.getValue(i) instanceof Number || array.getValue(i) instanceof JsonArray) {
                throw Fields.invalid(name, "tokens are not supported", "a string or an array of strings");
            }
        }
    }
}
