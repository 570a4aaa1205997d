package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.qg_schema_to_grammar;

import java.nio.charset.StandardCharsets;

/** Turns a JSON schema into the grammar of the documents that match it. */
public final class JsonSchemaGrammar {
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
                    "schema: " + e.getMessage() + " (expected: a schema that llama.cpp can express)", e);
        }
    }
}
