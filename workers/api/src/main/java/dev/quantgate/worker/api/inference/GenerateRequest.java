package dev.quantgate.worker.api.inference;

import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Asks for generated text.
 *
 * @param model which model
 * @param input what to start from
 * @param sampling how tokens are chosen
 * @param options bounds
 * @param adapters LoRA adapters to use: at most 8, each at most once
 * @param session name under which the state is kept and gone on with, or empty
 * @param keepAlive how long the model stays in memory afterwards, negative for ever; empty changes nothing
 */
public record GenerateRequest(
        ModelRef model,
        GenerationInput input,
        Sampling sampling,
        GenerationOptions options,
        List<AdapterUse> adapters,
        String session,
        Optional<Duration> keepAlive) {
    private static final int MAX_ADAPTERS = 8;

    public GenerateRequest {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(sampling, "sampling");
        Objects.requireNonNull(options, "options");
        adapters = List.copyOf(adapters);
        if (adapters.size() > MAX_ADAPTERS) {
            throw WorkerFailure.invalid("lora", adapters.size() + " adapters (expected: at most " + MAX_ADAPTERS + ")")
                    .asException();
        }
        if (!session.isEmpty()) {
            Names.requireVariant(session, "session");
        }
        var names = new HashSet<String>();
        for (var adapter : adapters) {
            if (!names.add(adapter.name())) {
                throw WorkerFailure.invalid("lora", adapter.name() + " twice (expected: each adapter at most once)")
                        .asException();
            }
        }
    }

    /** A request for the model as it is. */
    public GenerateRequest(ModelRef model, GenerationInput input, Sampling sampling, GenerationOptions options) {
        this(model, input, sampling, options, List.of(), "", Optional.empty());
    }
}
