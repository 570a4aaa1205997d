package dev.quantgate.natives.llama;

import java.util.List;
import java.util.Objects;

/**
 * A grammar in GBNF that an output must follow, from its start or from a trigger on.
 *
 * @param text the rules
 * @param root the rule to start with
 * @param lazy wait for a trigger; until then anything goes
 * @param triggerPatterns regular expressions over the whole output; the grammar starts at the first group of a match
 * @param triggerTokens tokens that start the grammar, themselves included
 */
public record GrammarSpec(
        String text, String root, boolean lazy, List<String> triggerPatterns, List<Integer> triggerTokens) {
    /** Checks the grammar against the limits of {@link GrammarGuard}, before any native code sees it. */
    public GrammarSpec {
        Objects.requireNonNull(text, "text");
        Checks.requireNoNul(root, "root");
        triggerPatterns = List.copyOf(triggerPatterns);
        triggerTokens = List.copyOf(triggerTokens);
        triggerPatterns.forEach(pattern -> Checks.requireNoNul(pattern, "triggerPatterns"));
        if (lazy && triggerPatterns.isEmpty() && triggerTokens.isEmpty()) {
            throw new IllegalArgumentException("lazy: true (expected: false, or a trigger)");
        }
        GrammarGuard.check(text);
    }

    /** A grammar that holds from the first token on and starts at the rule {@code root}. */
    public static GrammarSpec of(String text) {
        return new GrammarSpec(text, "root", false, List.of(), List.of());
    }
}
