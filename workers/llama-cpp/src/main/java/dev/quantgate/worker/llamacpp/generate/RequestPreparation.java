package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.natives.llama.GrammarSpec;
import dev.quantgate.natives.llama.JsonSchemaGrammar;
import dev.quantgate.natives.llama.LlamaException;
import dev.quantgate.natives.llama.RowSampler;
import dev.quantgate.natives.llama.SamplingSpec;
import dev.quantgate.natives.llama.Vocabulary;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput.Conversation;
import dev.quantgate.worker.api.inference.GenerationInput.Prompt;
import dev.quantgate.worker.api.inference.GenerationOptions;
import dev.quantgate.worker.api.inference.Sampling;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes requests ready: renders, tokenises, reads grammars, makes samplers. Used by one thread. */
final class RequestPreparation {
    private static final Pattern OWN_NAME = Pattern.compile("^(schema|grammar): ");

    private final Vocabulary vocabulary;
    private final ChatRendering chats;
    private final int contextTokens;

    RequestPreparation(Vocabulary vocabulary, ChatRendering chats, int contextTokens) {
        this.vocabulary = vocabulary;
        this.chats = chats;
        this.contextTokens = contextTokens;
    }

    /**
     * Refuses what is cheap to see.
     *
     * @throws WorkerException INVALID_REQUEST, UNSUPPORTED
     */
    void check(GenerateRequest request) {
        for (var token : request.sampling().logitBias().keySet()) {
            if (token < 0 || token >= vocabulary.size()) {
                throw invalid(
                        "sampling.logit_bias[" + token + "]",
                        "unknown token (expected: 0 to " + (vocabulary.size() - 1) + ")");
            }
        }
        if (request.input() instanceof Conversation) {
            chats.requireTemplate();
        }
    }

    /**
     * Does the rest.
     *
     * @throws WorkerException INVALID_REQUEST, UNSUPPORTED
     */
    Prepared prepare(GenerateRequest request) {
        var constraint = request.sampling().constraint();
        if (request.input() instanceof Conversation conversation) {
            var chat = chats.render(conversation, constraint);
            var tokens = vocabulary.tokenize(chat.prompt(), true, true);
            var grammar = chat.grammar().isPresent() ? chat.grammar() : ownGrammar(constraint);
            return finish(request, "messages", tokens, grammar, chat);
        }
        var prompt = (Prompt) request.input();
        var tokens = vocabulary.tokenize(prompt.text(), true, prompt.parseSpecial());
        return finish(request, "prompt", tokens, ownGrammar(constraint), null);
    }

    private Prepared finish(
            GenerateRequest request,
            String field,
            int[] prompt,
            Optional<GrammarSpec> grammar,
            @Nullable RenderedChat chat) {
        var options = request.options();
        var tokens = fit(field, prompt, options);
        var seed = request.sampling()
                .seed()
                .orElseGet(() -> ThreadLocalRandom.current().nextInt());
        var sampler = sampler(request.sampling(), options, grammar, seed);
        try {
            if (request.sampling().penaltyLastN() != 0) {
                sampler.remember(tokens);
            }
            if (chat != null
                    && chat.grammar().isPresent()
                    && !chat.grammar().get().lazy()) {
                passGenerationPrompt(sampler, chat);
            }
            var stops = new ArrayList<>(options.stop());
            if (chat != null) {
                stops.addAll(chat.stops());
            }
            return new Prepared(
                    tokens,
                    maxTokens(tokens.length, options),
                    new NativeSampler(sampler),
                    chat == null || chat.plain() ? Answer.PLAIN : new ParsedAnswer(chats.parser(chat)),
                    stops,
                    options.stop(),
                    chat == null ? Map.of() : chat.controlTexts(),
                    options.ignoreEos(),
                    options.logprobs().isPresent(),
                    seed);
        } catch (RuntimeException e) {
            sampler.close();
            throw e;
        }
    }

    /** A template's grammar begins with the end of its prompt, which is written already. */
    private void passGenerationPrompt(RowSampler sampler, RenderedChat chat) {
        try {
            sampler.follow(vocabulary.spell(chat.generationPrompt()));
        } catch (LlamaException e) {
            var failure = WorkerFailure.of(
                    FailureKind.UNSUPPORTED,
                    "answers of a given form do not work with the model's chat template and vocabulary;"
                            + " leave out tools, or the schema and tool_choice required");
            throw new WorkerException(failure, e);
        }
    }

    /** Without shifting a prompt must leave room for a token; with it, the oldest part of a longer one is dropped. */
    private int[] fit(String field, int[] prompt, GenerationOptions options) {
        if (prompt.length == 0) {
            throw invalid(field, "0 tokens (expected: at least 1)");
        }
        if (prompt.length < contextTokens) {
            return prompt;
        }
        if (!options.shiftContext()) {
            throw invalid(
                    field,
                    prompt.length + " tokens (expected: at most " + (contextTokens - 1)
                            + ", one less than the context)");
        }
        var keep = keptTokens();
        var tail = contextTokens / 2;
        var shortened = new int[keep + tail];
        System.arraycopy(prompt, 0, shortened, 0, keep);
        System.arraycopy(prompt, prompt.length - tail, shortened, keep, tail);
        return shortened;
    }

    /** Tokens at the beginning that a shift never drops: the one that models expect there. */
    int keptTokens() {
        return vocabulary.addsBos() ? 1 : 0;
    }

    private int maxTokens(int promptTokens, GenerationOptions options) {
        var room = contextTokens - promptTokens;
        if (options.maxTokens() == 0) {
            return room;
        }
        return options.shiftContext() ? options.maxTokens() : Math.min(options.maxTokens(), room);
    }

    private RowSampler sampler(Sampling sampling, GenerationOptions options, Optional<GrammarSpec> grammar, int seed) {
        var lastTokens = sampling.penaltyLastN() < 0 ? contextTokens : sampling.penaltyLastN();
        var spec = SamplingSpec.builder()
                .temperature(sampling.temperature())
                .topK(sampling.topK())
                .topP(sampling.topP())
                .minP(sampling.minP())
                .typicalP(sampling.typicalP())
                .penalties(
                        Math.min(lastTokens, contextTokens),
                        sampling.repetitionPenalty(),
                        sampling.frequencyPenalty(),
                        sampling.presencePenalty())
                .seed(Integer.toUnsignedLong(seed))
                .logitBias(sampling.logitBias())
                .grammar(grammar.orElse(null))
                .logprobs(options.logprobs().orElse(-1))
                .build();
        try {
            return RowSampler.create(vocabulary, spec);
        } catch (IllegalArgumentException | LlamaException e) {
            var field = sampling.constraint() instanceof Constraint.JsonSchema ? "json_schema" : "grammar";
            throw refused("sampling." + field, e);
        }
    }

    private static Optional<GrammarSpec> ownGrammar(Constraint constraint) {
        var field = constraint instanceof Constraint.JsonSchema ? "sampling.json_schema" : "sampling.grammar";
        try {
            if (constraint instanceof Constraint.Grammar grammar) {
                return Optional.of(GrammarSpec.of(grammar.gbnf()));
            }
            if (constraint instanceof Constraint.JsonSchema schema) {
                return Optional.of(GrammarSpec.of(JsonSchemaGrammar.toGrammar(schema.schema())));
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw refused(field, e);
        }
    }

    static WorkerException invalid(String field, String message) {
        return WorkerFailure.invalid(field, message).asException();
    }

    private static WorkerException refused(String field, RuntimeException cause) {
        // The native layer names its own parameter, which here has the name of the request's field.
        var words = OWN_NAME.matcher(String.valueOf(cause.getMessage())).replaceFirst("");
        return new WorkerException(WorkerFailure.invalid(field, words), cause);
    }
}
