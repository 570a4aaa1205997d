package dev.quantgate.natives.llama;

/**
 * Limits on a grammar, checked before native code reads it: llama.cpp's parser recurses per parenthesis and per rule
 * and would overflow the stack, which ends the process; and it writes repetitions out, which takes all memory when there
 * are many, or when the most of one is below its least.
 */
public final class GrammarGuard {
    /** Longest grammar in characters. */
    public static final int MAX_CHARACTERS = 512 * 1024;
    /** Deepest nesting of parentheses. */
    public static final int MAX_NESTING = 128;
    /** Most rules. */
    public static final int MAX_RULES = 4096;
    /** Most elements, characters of literals for instance, that all repetitions such as {@code "ab"{2,5}} stand for. */
    public static final int MAX_REPEATED = 1 << 18;
    /** llama.cpp takes a most above this for none, and writes only the least out. */
    private static final int MAX_TIMES = 2000;

    private final String text;
    private int at;
    private int nesting;
    private int rules;
    private int lastSymbol = 1;
    private long repeated;

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
                case '{' -> countRepetition();
                case '#' -> skipComment();
                case '(' -> {
                    if (++nesting > MAX_NESTING) {
                        throw broken("parentheses nested deeper", MAX_NESTING);
                    }
                }
                case ')' -> {
                    nesting--;
                    lastSymbol = 1;
                }
                case ':' -> countRule();
                default -> {
                    if (!Character.isWhitespace(c)) {
                        lastSymbol = 1;
                    }
                }
            }
        }
    }

    /** {@code {m}}, {@code {m,}} or {@code {m,n}}, with spaces and comments anywhere; anything else is for the parser to refuse. */
    private void countRepetition() {
        long least = number();
        long most = least;
        if (at < text.length() && text.charAt(at) == ',') {
            at++;
            most = Math.max(least, 1);
            skipSpaces();
            if (at < text.length() && isDigit(text.charAt(at))) {
                most = number();
                if (most < least) {
                    throw new IllegalArgumentException("grammar: a repetition from " + least + " to " + most
                            + " times (expected: a most that is not below the least)");
                }
                if (most > MAX_TIMES) {
                    most = Math.max(least, 1);
                }
            }
        }
        repeated += most * lastSymbol;
        if (repeated > MAX_REPEATED) {
            throw broken("more repeated elements", MAX_REPEATED);
        }
    }

    private long number() {
        skipSpaces();
        long value = 0;
        while (at < text.length() && isDigit(text.charAt(at))) {
            // Whatever is above the limit is as good as the next greater one.
            value = Math.min(value * 10 + (text.charAt(at++) - '0'), MAX_REPEATED + 1L);
        }
        skipSpaces();
        return value;
    }

    private void skipSpaces() {
        while (at < text.length()) {
            if (text.charAt(at) == '#') {
                skipComment();
            } else if (Character.isWhitespace(text.charAt(at))) {
                at++;
            } else {
                return;
            }
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void countRule() {
        if (text.startsWith(":=", at) && ++rules > MAX_RULES) {
            throw broken("more rules", MAX_RULES);
        }
    }

    private void skipTo(char end) {
        int start = at;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\\') {
                at++;
            } else if (c == end) {
                lastSymbol = Math.max(1, at - start);
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
