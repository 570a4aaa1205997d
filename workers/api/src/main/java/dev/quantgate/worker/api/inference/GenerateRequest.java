package dev.quantgate.worker.api.inference;

import dev.quantgate.worker.api.ModelRef;
import java.util.Objects;

/**
 * Asks for generated text.
 *
 * @param model which model
 * @param input what to start from
 * @param sampling how tokens are chosen
 * @param options bounds
 */
public record GenerateRequest(ModelRef model, GenerationInput input, Sampling sampling, GenerationOptions options) {

    public GenerateRequest {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(sampling, "sampling");
        Objects.requireNonNull(options, "options");
    }
}
