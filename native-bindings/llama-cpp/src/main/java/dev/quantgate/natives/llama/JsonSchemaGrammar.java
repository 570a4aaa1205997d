package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.qg_schema_to_grammar;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Turns a JSON schema into the grammar of the documents that match it. */
public final class JsonSchemaGrammar {
    private static final String TITLE = "JSON schema conversion failed:";
    private static final int LONGEST_REASON = 200;

    private JsonSchemaGrammar() {}

    /**
     * Returns a grammar in GBNF whose start is {@code root}.
     *
     * @throws IllegalArgumentException when the schema is too big, too deep, not JSON, or uses what llama.cpp cannot
     *     express
     */
    public static String toGrammar(String schemaJson) {
        JsonGuard.check(schemaJson, JsonGuard.MAX_SCHEMA_CHARACTERS, "schema");
        LlamaCpp.load();
        byte[] utf8 = schemaJson.getBytes(StandardCharsets.UTF_8);
        try {
            return NativeText.take(qg_schema_to_grammar(utf8, utf8.length));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "schema: " + reason(String.valueOf(e.getMessage()))
                            + " (expected: a JSON schema that a grammar can express)",
                    e);
        }
    }

    /** The library heads its reasons with a title, lists them by line and repeats the schema: one short line is enough. */
    private static String reason(String message) {
        String line = message.replace(TITLE, "")
                .lines()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .distinct()
                .collect(Collectors.joining("; "));
        return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "...";
    }
}
