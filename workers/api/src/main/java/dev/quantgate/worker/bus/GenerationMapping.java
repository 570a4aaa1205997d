package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireGeneration;
import dev.quantgate.worker.api.inference.ChatMessage;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput;
import dev.quantgate.worker.api.inference.GenerationInput.Conversation;
import dev.quantgate.worker.api.inference.GenerationInput.Prompt;
import dev.quantgate.worker.api.inference.GenerationOptions;
import dev.quantgate.worker.api.inference.Speculation;
import dev.quantgate.worker.api.inference.Tool;
import dev.quantgate.worker.api.inference.ToolCall;
import java.util.Optional;
import java.util.OptionalInt;

/** Requests for text on the wire. */
final class GenerationMapping {
    private GenerationMapping() {}

    static WireGeneration.GenerateRequest toWire(GenerateRequest request) {
        var wire = WireGeneration.GenerateRequest.newBuilder()
                .setModel(ModelMapping.toWire(request.model()))
                .setSampling(SamplingMapping.toWire(request.sampling()))
                .setOptions(toWire(request.options()))
                .setSession(request.session())
                .addAllAdapters(
                        request.adapters().stream().map(AdapterMapping::toWire).toList());
        request.keepAlive().ifPresent(time -> wire.setKeepAlive(TimeMapping.toWire(time)));
        if (request.input() instanceof Prompt prompt) {
            wire.setPrompt(
                    WireGeneration.Prompt.newBuilder().setText(prompt.text()).setParseSpecial(prompt.parseSpecial()));
        } else if (request.input() instanceof Conversation conversation) {
            wire.setConversation(toWire(conversation));
        }
        return wire.build();
    }

    static GenerateRequest fromWire(WireGeneration.GenerateRequest wire) {
        return new GenerateRequest(
                ModelMapping.fromWire(wire.getModel()),
                input(wire),
                SamplingMapping.fromWire(wire.getSampling()),
                fromWire(wire.getOptions()),
                wire.getAdaptersList().stream().map(AdapterMapping::fromWire).toList(),
                wire.getSession(),
                wire.hasKeepAlive() ? Optional.of(TimeMapping.fromWire(wire.getKeepAlive())) : Optional.empty());
    }

    static WireGeneration.ToolCall toWire(ToolCall call) {
        return WireGeneration.ToolCall.newBuilder()
                .setId(call.id())
                .setName(call.name())
                .setArgumentsJson(call.argumentsJson())
                .build();
    }

    static ToolCall fromWire(WireGeneration.ToolCall wire) {
        return new ToolCall(wire.getId(), wire.getName(), wire.getArgumentsJson());
    }

    private static GenerationInput input(WireGeneration.GenerateRequest wire) {
        return switch (wire.getInputCase()) {
            case PROMPT ->
                new Prompt(wire.getPrompt().getText(), wire.getPrompt().getParseSpecial());
            case CONVERSATION -> fromWire(wire.getConversation());
            case INPUT_NOT_SET -> throw new MappingException("input", wire.getInputCase());
        };
    }

    private static WireGeneration.Conversation toWire(Conversation conversation) {
        return WireGeneration.Conversation.newBuilder()
                .addAllMessages(conversation.messages().stream()
                        .map(GenerationMapping::toWire)
                        .toList())
                .addAllTools(conversation.tools().stream()
                        .map(GenerationMapping::toWire)
                        .toList())
                .setToolChoice(conversation.toolChoice())
                .setEnableThinking(conversation.enableThinking())
                .build();
    }

    private static Conversation fromWire(WireGeneration.Conversation wire) {
        return new Conversation(
                wire.getMessagesList().stream().map(GenerationMapping::fromWire).toList(),
                wire.getToolsList().stream().map(GenerationMapping::fromWire).toList(),
                wire.getToolChoice(),
                wire.getEnableThinking());
    }

    private static WireGeneration.ChatMessage toWire(ChatMessage message) {
        return WireGeneration.ChatMessage.newBuilder()
                .setRole(message.role())
                .setContent(message.content())
                .setReasoningContent(message.reasoningContent())
                .addAllToolCalls(message.toolCalls().stream()
                        .map(GenerationMapping::toWire)
                        .toList())
                .setToolCallId(message.toolCallId())
                .build();
    }

    private static ChatMessage fromWire(WireGeneration.ChatMessage wire) {
        return new ChatMessage(
                wire.getRole(),
                wire.getContent(),
                wire.getReasoningContent(),
                wire.getToolCallsList().stream()
                        .map(GenerationMapping::fromWire)
                        .toList(),
                wire.getToolCallId());
    }

    private static WireGeneration.Tool toWire(Tool tool) {
        return WireGeneration.Tool.newBuilder()
                .setName(tool.name())
                .setDescription(tool.description())
                .setParametersJsonSchema(tool.parametersJsonSchema())
                .build();
    }

    private static Tool fromWire(WireGeneration.Tool wire) {
        return new Tool(wire.getName(), wire.getDescription(), wire.getParametersJsonSchema());
    }

    private static WireGeneration.GenerationOptions toWire(GenerationOptions options) {
        var wire = WireGeneration.GenerationOptions.newBuilder()
                .setMaxTokens(options.maxTokens())
                .addAllStop(options.stop())
                .setShiftContext(options.shiftContext())
                .setPriority(options.priority())
                .setIgnoreEos(options.ignoreEos())
                .setSpeculationOff(options.speculation() == Speculation.OFF);
        options.logprobs().ifPresent(wire::setLogprobs);
        return wire.build();
    }

    private static GenerationOptions fromWire(WireGeneration.GenerationOptions wire) {
        return new GenerationOptions(
                wire.getMaxTokens(),
                wire.getStopList(),
                wire.hasLogprobs() ? OptionalInt.of(wire.getLogprobs()) : OptionalInt.empty(),
                wire.getShiftContext(),
                wire.getPriority(),
                wire.getIgnoreEos(),
                wire.getSpeculationOff() ? Speculation.OFF : Speculation.AUTO);
    }
}
