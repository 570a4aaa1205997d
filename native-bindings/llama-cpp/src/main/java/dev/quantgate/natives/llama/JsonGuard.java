package dev.quantgate.natives.llama;

/** Limits on JSON text that goes to native code, whose parsers recurse by depth. */
public final class JsonGuard {
    /** Longest schema in characters. */
    public static final int MAX_SCHEMA_CHARACTERS = 256 * 1024;
    /** Longest chat request in characters. */
    public static final int MAX_REQUEST_CHARACTERS = 64 * 1024 * 1024;
    /** Deepest nesting of arrays and objects. */
    public static final int MAX_NESTING = 128;

    private JsonGuard() {}

    /**
     * Accepts text within the limits; whether it is correct JSON is for a parser to say.
     *
     * @throws IllegalArgumentException naming the limit that it breaks
     */
    public static void check(String json, int maxCharacters, String name) {
        if (json.length() > maxCharacters) {
            throw new IllegalArgumentException(
                    name + ": " + json.length() + " characters (expected: at most " + maxCharacters + ")");
        }
        int nesting = 0;
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inString) {
                i += c == '\\' ? 1 : 0;
                inString = c != '"';
            } else if (c == '"') {
                inString = true;
            } else if (c == '{' || c == '[') {
                if (++nesting > MAX_NESTING) {
                    throw new IllegalArgumentException(
                            name + ": nested deeper (expected: at most " + MAX_NESTING + " levels)");
                }
            } else if (c == '}' || c == ']') {
                nesting--;
            }
        }
    }
}
