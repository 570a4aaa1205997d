package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.natives.llama.GrammarSpec;
import dev.quantgate.natives.llama.Vocabulary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a chat template made of a conversation.
 *
 * @param json all of it, for the parser of the answer
 * @param prompt the text to continue
 * @param generationPrompt end of the prompt that already belongs to the answer
 * @param grammar what the answer must follow, if anything
 * @param stops strings that end the answer
 * @param controlTexts control tokens that are part of the answer, by id
 * @param plain whether the text is the answer as it stands
 */
record RenderedChat(
        String json,
        String prompt,
        String generationPrompt,
        Optional<GrammarSpec> grammar,
        List<String> stops,
        Map<Integer, String> controlTexts,
        boolean plain) {
    /** What regular expressions of ECMAScript, the kind llama.cpp reads, give a meaning to. */
    private static final Pattern SPECIAL = Pattern.compile("[.^$|()*+?\\[\\]{}\\\\]");

    private static final String PLAIN_FORMAT = "Content-only";

    static RenderedChat read(String json, Vocabulary vocabulary, boolean mayCallTools) {
        var object = Json.readObject(json);
        var thinking = Boolean.TRUE.equals(object.get("supports_thinking"));
        var plainFormat = Json.text(object.get("format_name")).equals(PLAIN_FORMAT);
        return new RenderedChat(
                json,
                Json.text(object.get("prompt")),
                Json.text(object.get("generation_prompt")),
                grammar(object),
                Json.texts(object.get("stops")),
                controlTexts(Json.texts(object.get("preserved_tokens")), vocabulary),
                plainFormat || (!mayCallTools && !thinking));
    }

    private static Optional<GrammarSpec> grammar(Map<?, ?> object) {
        var text = Json.text(object.get("grammar"));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var lazy = Boolean.TRUE.equals(object.get("grammar_lazy"));
        List<String> patterns = new ArrayList<>();
        List<Integer> tokens = new ArrayList<>();
        for (var item : Json.list(object.get("grammar_triggers"))) {
            var trigger = Json.object(item);
            var value = Json.text(trigger.get("value"));
            switch (Json.text(trigger.get("type"))) {
                case "token" -> {
                    if (trigger.get("token") instanceof Number token) {
                        tokens.add(token.intValue());
                    }
                }
                case "word" -> patterns.add(SPECIAL.matcher(value).replaceAll("\\\\$0"));
                case "pattern_full" -> patterns.add("^" + value.replaceAll("^\\^|\\$$", "") + "$");
                default -> patterns.add(value);
            }
        }
        return Optional.of(new GrammarSpec(text, "root", lazy, patterns, tokens));
    }

    /** Tokens that templates want to see in the text although they are control tokens. */
    private static Map<Integer, String> controlTexts(List<String> preserved, Vocabulary vocabulary) {
        var texts = new HashMap<Integer, String>();
        for (var text : preserved) {
            var tokens = vocabulary.tokenize(text, false, true);
            if (tokens.length == 1 && vocabulary.isControl(tokens[0])) {
                texts.put(tokens[0], text);
            }
        }
        return texts;
    }
}
