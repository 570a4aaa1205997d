package dev.quantgate.bench.soak;

/**
 * What a client got.
 *
 * @param text the text, or its beginning if the client did not read to the end
 * @param tokens tokens behind the text, counted from its parts; -1 where the protocol does not count them
 * @param usage tokens as the last message counts them; -1 if the client did not read to the end
 */
record Answer(String text, int tokens, int usage) {
    static final int UNKNOWN = -1;

    boolean whole() {
        return usage != UNKNOWN;
    }

    /** What is wrong with it beside the reference, or nothing. */
    String faultBeside(Answer reference) {
        if (!whole()) {
            return reference.text.startsWith(text) ? "" : "not a beginning of the reference: " + difference(reference);
        }
        if (!text.equals(reference.text)) {
            return "another text: " + difference(reference);
        }
        if (usage != reference.usage || (tokens != UNKNOWN && tokens != usage)) {
            return "tokens: " + tokens + " in parts, " + usage + " in the usage (expected: " + reference.usage + ")";
        }
        return "";
    }

    private String difference(Answer reference) {
        int at = 0;
        while (at < text.length() && at < reference.text.length() && text.charAt(at) == reference.text.charAt(at)) {
            at++;
        }
        return "at character " + at + " of " + reference.text.length() + ": " + cut(text, at) + " (expected: "
                + cut(reference.text, at) + ")";
    }

    private static String cut(String text, int at) {
        return '"' + text.substring(at, Math.min(text.length(), at + 40)).replace("\n", "\\n") + '"';
    }
}
