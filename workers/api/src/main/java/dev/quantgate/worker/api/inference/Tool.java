package dev.quantgate.worker.api.inference;

import dev.quantgate.worker.api.WorkerFailure;
import java.util.regex.Pattern;

/**
 * A function that a model may call.
 *
 * @param name 1 to 64 characters of letters, digits, '_' and '-'
 * @param description what it does, for the model
 * @param parametersJsonSchema JSON schema of its arguments, or empty for none
 */
public record Tool(String name, String description, String parametersJsonSchema) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    public Tool {
        if (!NAME.matcher(name).matches()) {
            throw WorkerFailure.invalid(
                            "tools.name", "\"" + name + "\" (expected: 1 to 64 of A-Z, a-z, 0-9, '_' and '-')")
                    .asException();
        }
        if (parametersJsonSchema.length() > Constraint.MAX_BYTES) {
            throw WorkerFailure.invalid(
                            "tools.parameters_json_schema",
                            parametersJsonSchema.length() + " characters (expected: at most " + Constraint.MAX_BYTES
                                    + ")")
                    .asException();
        }
    }
}
