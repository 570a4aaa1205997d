package dev.quantgate.bench.load;

import java.util.Arrays;
import java.util.List;

/**
 * A prompt and its tokens.
 *
 * @param text the text
 * @param tokens its tokens, without any that a server adds
 */
public record Prompt(String text, List<Integer> tokens) {
    public Prompt {
        tokens = List.copyOf(tokens);
    }

    /** A prompt from an array of tokens. */
    public static Prompt of(String text, int[] tokens) {
        return new Prompt(text, Arrays.stream(tokens).boxed().toList());
    }
}
