package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.GenerationOptions;
import dev.quantgate.worker.api.inference.Sampling;
import dev.quantgate.worker.api.inference.Speculation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** What chats and completions say about sampling; what a request leaves out gets the gateway's own defaults. */
final class SamplingFields {
    private static final int OFF_IN_OTHER_SERVERS = -1;

    private SamplingFields() {}

    /** Reads the sampling of {@code n} choices: each choice of a seeded request has a seed of its own. */
    static List<Sampling> sampling(Fields body, int n) {
        var first = first(body);
        return IntStream.range(0, n).mapToObj(i -> shifted(first, i)).toList();
    }

    /** Reads the bounds. */
    static GenerationOptions options(Fields body, int maxTokens, OptionalInt logprobs) {
        return new GenerationOptions(
                maxTokens,
                body.strings("stop"),
                logprobs,
                false,
                body.whole("priority", Integer.MIN_VALUE, Integer.MAX_VALUE).orElse(0),
                body.flag("ignore_eos", false),
                speculation(body));
    }

    private static Speculation speculation(Fields body) {
        var given = body.string("speculation").orElse("auto");
        return switch (given) {
            case "auto" -> Speculation.AUTO;
            case "off" -> Speculation.OFF;
            default -> throw Fields.invalid("speculation", Fields.quote(given), "auto or off");
        };
    }

    private static Sampling shifted(Sampling first, int index) {
        return index == 0 || first.seed().isEmpty()
                ? first
                : new Sampling(
                        first.temperature(),
                        first.topK(),
                        first.topP(),
                        first.minP(),
                        first.typicalP(),
                        first.repetitionPenalty(),
                        first.presencePenalty(),
                        first.frequencyPenalty(),
                        first.penaltyLastN(),
                        OptionalInt.of(first.seed().getAsInt() + index),
                        first.logitBias(),
                        first.constraint());
    }

    private static Sampling first(Fields body) {
        var base = Sampling.DEFAULT;
        var topK = body.whole("top_k", OFF_IN_OTHER_SERVERS, Integer.MAX_VALUE).orElse(base.topK());
        return new Sampling(
                body.number("temperature", base.temperature()),
                Math.max(0, topK),
                body.number("top_p", base.topP()),
                body.number("min_p", base.minP()),
                body.number("typical_p", base.typicalP()),
                body.number("repetition_penalty", base.repetitionPenalty()),
                body.number("presence_penalty", base.presencePenalty()),
                body.number("frequency_penalty", base.frequencyPenalty()),
                body.whole("penalty_last_n", -1, Integer.MAX_VALUE).orElse(base.penaltyLastN()),
                seed(body),
                logitBias(body),
                constraint(body));
    }

    private static OptionalInt seed(Fields body) {
        var seed = body.whole("seed");
        // Folds 64 bits into the engine's 32 and leaves small seeds as they are.
        return seed.isPresent() ? OptionalInt.of((int) (seed.get() ^ seed.get() >>> 32)) : OptionalInt.empty();
    }

    private static Map<Integer, Float> logitBias(Fields body) {
        var given = body.object("logit_bias");
        if (given.isEmpty()) {
            return Map.of();
        }
        var biases = new HashMap<Integer, Float>();
        for (var entry : given.get().entries()) {
            var path = given.get().path(entry.getKey());
            if (!(entry.getValue() instanceof Number bias)) {
                throw Fields.invalid(path, "wrong type", "a number from -100 to 100");
            }
            biases.put(token(entry.getKey()), bias.floatValue());
        }
        return biases;
    }

    private static int token(String id) {
        try {
            return Integer.parseUnsignedInt(id);
        } catch (NumberFormatException notAToken) {
            throw Fields.invalid("logit_bias", Fields.quote(id), "token ids as keys");
        }
    }

    private static Constraint constraint(Fields body) {
        var grammar = body.string("grammar").<Constraint>map(Constraint.Grammar::new);
        var format = body.object("response_format").flatMap(SamplingFields::responseFormat);
        if (grammar.isPresent() && format.isPresent()) {
            throw Fields.invalid("grammar", "beside a response_format", "one of the two");
        }
        return grammar.or(() -> format).orElse(Constraint.NONE);
    }

    private static Optional<Constraint> responseFormat(Fields format) {
        var types = List.of("text", "json_object", "json_schema");
        var type = format.string("type").filter(types::contains);
        if (type.isEmpty()) {
            throw format.wrongType("type", "text, json_object or json_schema");
        }
        return switch (type.get()) {
            case "json_object" -> Optional.of(new Constraint.JsonSchema("{\"type\":\"object\"}"));
            case "json_schema" -> Optional.of(new Constraint.JsonSchema(schema(format)));
            default -> Optional.empty();
        };
    }

    private static String schema(Fields format) {
        var holder = format.object("json_schema")
                .orElseThrow(() -> format.wrongType("json_schema", "an object with the field schema"));
        return holder.json("schema").orElseThrow(() -> holder.wrongType("schema", "a JSON schema"));
    }
}
