package dev.quantgate.bench.engine;

import dev.quantgate.bench.load.Prompt;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Makes prompts of an exact number of tokens: random words that are one token each, with a space before them, so that
 * no tokenizer merges two of them. The same seed gives the same prompt.
 */
public final class PromptMaker {
    private static final Pattern WORD = Pattern.compile(" [a-z]{3,12}");

    private final Vocabulary vocabulary;
    private final List<Integer> words;

    public PromptMaker(LlamaModel model) {
        vocabulary = model.vocabulary();
        words = new ArrayList<>();
        for (int token = 0; token < vocabulary.size(); token++) {
            if (!vocabulary.isControl(token)
                    && WORD.matcher(new String(vocabulary.piece(token), StandardCharsets.UTF_8))
                            .matches()) {
                words.add(token);
            }
        }
    }

    /** A prompt of so many tokens. */
    public Prompt make(int tokens, long seed) {
        var random = new Random(seed);
        var chosen = new int[tokens];
        Arrays.setAll(chosen, i -> words.get(random.nextInt(words.size())));
        return check(new String(vocabulary.detokenize(chosen, false), StandardCharsets.UTF_8), tokens);
    }

    /** A prompt that begins with another one and ends with so many tokens of its own. */
    public Prompt extend(Prompt start, int moreTokens, long seed) {
        var more = make(moreTokens, seed);
        return check(start.text() + more.text(), start.tokens().size() + moreTokens);
    }

    /** A prompt with given text. */
    public Prompt of(String text) {
        return Prompt.of(text, vocabulary.tokenize(text, false, false));
    }

    private Prompt check(String text, int expectedTokens) {
        var prompt = of(text);
        if (prompt.tokens().size() != expectedTokens) {
            throw new IllegalStateException("a prompt has " + prompt.tokens().size() + " tokens (expected: "
                    + expectedTokens + "): this model's tokenizer joins or splits words");
        }
        return prompt;
    }
}
