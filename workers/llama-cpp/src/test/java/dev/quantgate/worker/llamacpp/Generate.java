package dev.quantgate.worker.llamacpp;

import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.inference.AdapterUse;
import dev.quantgate.worker.api.inference.ChatMessage;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput;
import dev.quantgate.worker.api.inference.GenerationInput.Conversation;
import dev.quantgate.worker.api.inference.GenerationInput.Prompt;
import dev.quantgate.worker.api.inference.GenerationOptions;
import dev.quantgate.worker.api.inference.Sampling;
import dev.quantgate.worker.api.inference.Speculation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Builds requests for tests. */
final class Generate {
    private final GenerationInput input;
    private Sampling sampling = Sampling.GREEDY;
    private int maxTokens = 16;
    private List<String> stop = List.of();
    private OptionalInt logprobs = OptionalInt.empty();
    private boolean shift;
    private boolean ignoreEos = true;
    private List<AdapterUse> adapters = List.of();
    private Speculation speculation = Speculation.AUTO;
    private String session = "";

    private Generate(GenerationInput input) {
        this.input = input;
    }

    static Generate prompt(String text) {
        return new Generate(new Prompt(text, false));
    }

    static Generate chat(String text) {
        return chat(new Conversation(List.of(ChatMessage.of("user", text)), List.of(), "", false));
    }

    static Generate chat(Conversation conversation) {
        return new Generate(conversation);
    }

    Generate sampling(Sampling value) {
        sampling = value;
        return this;
    }

    Generate seed(int seed) {
        return sampling(new Sampling(
                0.9f, 40, 0.95f, 0.05f, 1f, 1.1f, 0.1f, 0.1f, 64, OptionalInt.of(seed), Map.of(), Constraint.NONE));
    }

    Generate constraint(Constraint constraint) {
        return sampling(new Sampling(0f, 0, 1f, 0f, 1f, 1f, 0f, 0f, 0, OptionalInt.of(0), Map.of(), constraint));
    }

    Generate logitBias(Map<Integer, Float> bias) {
        return sampling(new Sampling(0f, 0, 1f, 0f, 1f, 1f, 0f, 0f, 0, OptionalInt.of(0), bias, Constraint.NONE));
    }

    Generate maxTokens(int tokens) {
        maxTokens = tokens;
        return this;
    }

    Generate stop(String... strings) {
        stop = List.of(strings);
        return this;
    }

    Generate logprobs(int count) {
        logprobs = OptionalInt.of(count);
        return this;
    }

    Generate shift() {
        shift = true;
        return this;
    }

    Generate endsWithModel() {
        ignoreEos = false;
        return this;
    }

    Generate lora(AdapterUse... uses) {
        adapters = List.of(uses);
        return this;
    }

    Generate withoutSpeculation() {
        speculation = Speculation.OFF;
        return this;
    }

    Generate session(String name) {
        session = name;
        return this;
    }

    GenerateRequest build() {
        return new GenerateRequest(
                ModelRef.of("tiny"),
                input,
                sampling,
                new GenerationOptions(maxTokens, stop, logprobs, shift, 0, ignoreEos, speculation),
                adapters,
                session,
                Optional.empty());
    }
}
