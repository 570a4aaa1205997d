package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput.Conversation;
import java.util.Optional;
import java.util.OptionalInt;

/** The body of {@code POST /v1/chat/completions}. */
final class ChatFields {
    private static final int MAX_LOGPROBS = 20;

    private ChatFields() {}

    /** Reads a body. @throws WorkerException INVALID_REQUEST that names the field */
    static GenerationPlan read(Fields body) {
        refuseOtherMedia(body);
        var name = ModelNames.required(body);
        var stream = body.flag("stream", false);
        var tools = ToolFields.read(body);
        var conversation =
                new Conversation(MessageFields.read(body), tools.tools(), tools.choice(), enableThinking(body));
        var logprobs = logprobs(body);
        var options = SamplingFields.options(body, maxTokens(body), logprobs);
        var model = ModelNames.parse(name);
        var n = GenerationPlan.choices(body);
        var lora = LoraFields.read(body);
        var session = session(body, n);
        var requests = SamplingFields.sampling(body, n).stream()
                .map(sampling ->
                        new GenerateRequest(model, conversation, sampling, options, lora, session, Optional.empty()))
                .toList();
        return new GenerationPlan(
                name,
                requests,
                n,
                stream,
                GenerationPlan.includeUsage(body, stream),
                new ChatFormat(logprobs.isPresent(), tools.single()));
    }

    private static void refuseOtherMedia(Fields body) {
        body.refuse("audio", "text only");
        body.refuse("web_search_options", "no web search");
        for (var modality : body.strings("modalities")) {
            if (!modality.equals("text")) {
                throw Fields.invalid("modalities", Fields.quote(modality), "text");
            }
        }
    }

    /** A session has one text: several choices would each save their own in its place. */
    static String session(Fields body, int choices) {
        var session = body.string("session").orElse("");
        if (!session.isEmpty() && choices > 1) {
            throw Fields.invalid("session", "beside " + choices + " choices", "one prompt with n: 1");
        }
        return session;
    }

    private static int maxTokens(Fields body) {
        var most = body.whole("max_completion_tokens", 1, Integer.MAX_VALUE);
        var older = body.whole("max_tokens", 1, Integer.MAX_VALUE);
        if (most.isPresent() && older.isPresent() && most.getAsInt() != older.getAsInt()) {
            throw Fields.invalid(
                    "max_tokens", older.getAsInt() + " beside another max_completion_tokens", "one of the two");
        }
        return most.orElse(older.orElse(0));
    }

    private static OptionalInt logprobs(Fields body) {
        var alternatives = body.whole("top_logprobs", 0, MAX_LOGPROBS);
        if (body.flag("logprobs", false)) {
            return OptionalInt.of(alternatives.orElse(0));
        }
        if (alternatives.isPresent()) {
            throw Fields.invalid("top_logprobs", "without logprobs", "logprobs: true with it");
        }
        return OptionalInt.empty();
    }

    private static boolean enableThinking(Fields body) {
        var template = body.object("chat_template_kwargs");
        template.ifPresent(given -> given.entries().forEach(entry -> {
            if (!entry.getKey().equals("enable_thinking")) {
                throw Fields.invalid(given.path(entry.getKey()), "not supported", "enable_thinking");
            }
        }));
        var effort = body.string("reasoning_effort").orElse("");
        return template.map(given -> given.flag("enable_thinking", true)).orElse(!effort.equals("none"));
    }
}
