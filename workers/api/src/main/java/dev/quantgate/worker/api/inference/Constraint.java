package dev.quantgate.worker.api.inference;

import dev.quantgate.worker.api.WorkerFailure;
import java.nio.charset.StandardCharsets;

/** The form that a generated text must have. */
public sealed interface Constraint {
    /** Any text. */
    Constraint NONE = new None();

    /** Largest grammar or schema, in bytes of UTF-8. */
    int MAX_BYTES = 64 * 1024;

    /** Any text. */
    record None() implements Constraint {}

    /** A GBNF grammar with a rule {@code root}. */
    record Grammar(String gbnf) implements Constraint {
        public Grammar {
            requireSize("sampling.grammar", gbnf);
        }
    }

    /** A JSON schema; the text is a JSON value that satisfies it. */
    record JsonSchema(String schema) implements Constraint {
        public JsonSchema {
            requireSize("sampling.json_schema", schema);
        }
    }

    private static void requireSize(String field, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (text.isBlank() || bytes > MAX_BYTES) {
            throw WorkerFailure.invalid(field, bytes + " bytes (expected: 1 to " + MAX_BYTES + ", not blank)")
                    .asException();
        }
    }
}
