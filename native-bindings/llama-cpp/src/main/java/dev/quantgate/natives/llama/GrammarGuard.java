package dev.quantgate.natives.llama;

/**
 * Limits on a grammar, checked before native code reads it: llama.cpp's parser recurses per parenthesis and per rule
 * and would overflow the stack, which ends the process.
 */
public final class GrammarGuard {
    /** Longest grammar in characters. */
    public static final int MAX_CHARACTERS = 512 * 1024;
    /** Deepest nesting of parentheses. */
    public static final int MAX_NESTING = 128;
    /** Most rules. */
    public static final int MAX_RULES = 4096;

    private final String text;
    private int at;
    private int nesting;
    private int rules;

    private GrammarGuard(String text) {
        this.text = text;
    }

    /**
     * Accepts a grammar within the limits; whether it is a correct one is llama.cpp's to say.
     *
     * @throws IllegalArgumentException naming the limit that it breaks
     */
    public static void check(String grammar) {
        if (grammar.isBlank()) {
            throw new IllegalArgumentException("grammar: empty (expected: at least one rule)");
        }
        if (grammar.length() > MAX_CHARACTERS) {
            throw broken(grammar.length() + " characters", MAX_CHARACTERS);
        }
        Checks.requireNoNul(grammar, "grammar");
        new GrammarGuard(grammar).scan();
    }

    private void scan() {
        while (at < text.length()) {
            char c = text.charAt(at++);
            switch (c) {
                case '"' -> skipTo('"');
                case '[' -> skipTo(']');
                case '#' -> skipComment();
                case '(' -> {
                    if (++nesting > MAX_NESTING) {
                        throw broken("parentheses nested deeper", MAX_NESTING);
                    }
                }
                case ')' -> nesting--;
                case ':' -> countRule();
                default -> {}
            }
        }
    }

    private void countRule() {
        if (text.startsWith(":=", at) && ++rules > MAX_RULES) {
            throw broken("more rules", MAX_RULES);
        }
    }

    private void skipTo(char end) {
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\\') {
                at++;
            } else if (c == end) {
                return;
            }
        }
    }

    private void skipComment() {
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            at++;
        }
    }

    private static IllegalArgumentException broken(String what, int limit) {
        return new IllegalArgumentException("grammar: " + what + " (expected: at most " + limit + ")");
    }
}
