package dev.quantgate.gateway.convert;

import dev.quantgate.v1.ChatRequest;
import dev.quantgate.v1.ContextOverflow;
import dev.quantgate.v1.LoraAdapter;
import dev.quantgate.v1.SamplingParameters;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.AdapterUse;
import dev.quantgate.worker.api.inference.ChatMessage;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput;
import dev.quantgate.worker.api.inference.GenerationOptions;
import dev.quantgate.worker.api.inference.Sampling;
import dev.quantgate.worker.api.inference.Speculation;
import dev.quantgate.worker.api.inference.Tool;
import dev.quantgate.worker.api.inference.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Requests for generated text, checked and as records; what a request leaves out gets its documented default. */
public final class GenerationRequests {
    private GenerationRequests() {}

    /** Reads a continuation. @throws WorkerException INVALID_REQUEST that names the field */
    public static GenerateRequest generate(dev.quantgate.v1.GenerateRequest request) {
        return new GenerateRequest(
                ResourceNames.parseModel(request.getModel(), "model"),
                new GenerationInput.Prompt(request.getPrompt(), request.getParseSpecial()),
                sampling(request.getSampling()),
                options(request.getOptions()),
                adapters(request.getModel(), request.getLoraList()),
                request.getSession(),
                request.hasKeepAlive()
                        ? Optional.of(ModelRequests.keepAlive(request.getKeepAlive()))
                        : Optional.empty());
    }

    /** Reads a conversation. @throws WorkerException INVALID_REQUEST that names the field */
    public static GenerateRequest chat(ChatRequest request) {
        var messages = request.getMessagesList().stream()
                .map(GenerationRequests::message)
                .toList();
        var tools = request.getToolsList().stream()
                .map(tool -> new Tool(tool.getName(), tool.getDescription(), tool.getParametersJsonSchema()))
                .toList();
        return new GenerateRequest(
                ResourceNames.parseModel(request.getModel(), "model"),
                new GenerationInput.Conversation(
                        messages,
                        tools,
                        request.getToolChoice(),
                        !request.hasEnableThinking() || request.getEnableThinking()),
                sampling(request.getSampling()),
                options(request.getOptions()),
                adapters(request.getModel(), request.getLoraList()),
                request.getSession(),
                request.hasKeepAlive()
                        ? Optional.of(ModelRequests.keepAlive(request.getKeepAlive()))
                        : Optional.empty());
    }

    private static List<AdapterUse> adapters(String model, List<LoraAdapter> given) {
        var adapters = new ArrayList<AdapterUse>();
        for (var adapter : given) {
            var field = "lora[" + adapters.size() + "].";
            var name = adapter.getName();
            if (name.startsWith("models/")) {
                var ref = ResourceNames.parseAdapter(name, field + "name");
                if (!ref.model().equals(ResourceNames.parseModel(model, "model").model())) {
                    throw WorkerFailure.invalid(field + "name", name + " (expected: an adapter of the request's model)")
                            .asException();
                }
                name = ref.adapter();
            }
            adapters.add(new AdapterUse(name, adapter.hasScale() ? adapter.getScale() : 1));
        }
        return adapters;
    }

    private static ChatMessage message(dev.quantgate.v1.ChatMessage message) {
        var calls = message.getToolCallsList().stream()
                .map(call -> new ToolCall(call.getId(), call.getName(), call.getArgumentsJson()))
                .toList();
        return new ChatMessage(
                message.getRole(), message.getContent(), message.getReasoningContent(), calls, message.getToolCallId());
    }

    private static Sampling sampling(SamplingParameters given) {
        var base = Sampling.DEFAULT;
        return new Sampling(
                given.hasTemperature() ? given.getTemperature() : base.temperature(),
                given.hasTopK() ? given.getTopK() : base.topK(),
                given.hasTopP() ? given.getTopP() : base.topP(),
                given.hasMinP() ? given.getMinP() : base.minP(),
                given.hasTypicalP() ? given.getTypicalP() : base.typicalP(),
                given.hasRepetitionPenalty() ? given.getRepetitionPenalty() : base.repetitionPenalty(),
                given.hasPresencePenalty() ? given.getPresencePenalty() : base.presencePenalty(),
                given.hasFrequencyPenalty() ? given.getFrequencyPenalty() : base.frequencyPenalty(),
                given.hasPenaltyLastN() ? given.getPenaltyLastN() : base.penaltyLastN(),
                given.hasSeed() ? OptionalInt.of(given.getSeed()) : OptionalInt.empty(),
                given.getLogitBiasMap(),
                constraint(given));
    }

    private static Constraint constraint(SamplingParameters given) {
        return switch (given.getConstraintCase()) {
            case GRAMMAR -> new Constraint.Grammar(given.getGrammar());
            case JSON_SCHEMA -> new Constraint.JsonSchema(given.getJsonSchema());
            case CONSTRAINT_NOT_SET -> Constraint.NONE;
        };
    }

    private static GenerationOptions options(dev.quantgate.v1.GenerationOptions given) {
        return new GenerationOptions(
                given.getMaxTokens(),
                given.getStopList(),
                given.hasLogprobs() ? OptionalInt.of(given.getLogprobs()) : OptionalInt.empty(),
                shifts(given.getContextOverflow()),
                given.getPriority(),
                given.getIgnoreEos(),
                speculation(given.getSpeculation()));
    }

    private static Speculation speculation(dev.quantgate.v1.Speculation given) {
        return switch (given) {
            case SPECULATION_UNSPECIFIED, SPECULATION_AUTO -> Speculation.AUTO;
            case SPECULATION_OFF -> Speculation.OFF;
            case UNRECOGNIZED ->
                throw WorkerFailure.invalid("options.speculation", "unknown value (expected: a value of Speculation)")
                        .asException();
        };
    }

    private static boolean shifts(ContextOverflow overflow) {
        return switch (overflow) {
            case CONTEXT_OVERFLOW_UNSPECIFIED, CONTEXT_OVERFLOW_ERROR -> false;
            case CONTEXT_OVERFLOW_SHIFT -> true;
            case UNRECOGNIZED ->
                throw WorkerFailure.invalid(
                                "options.context_overflow", "unknown value (expected: a value of ContextOverflow)")
                        .asException();
        };
    }
}
