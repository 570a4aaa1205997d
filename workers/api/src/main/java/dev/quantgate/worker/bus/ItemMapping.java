package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Item;
import dev.quantgate.bus.v1.WireGeneration;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import dev.quantgate.worker.api.inference.GenerateEvent.Completed;
import dev.quantgate.worker.api.inference.GenerateEvent.FinishReason;
import dev.quantgate.worker.api.inference.GenerateEvent.Timings;
import dev.quantgate.worker.api.inference.TokenLogprob;
import dev.quantgate.worker.api.inference.TokenLogprob.Candidate;
import java.util.List;

/** Items of streams on the wire. */
final class ItemMapping {
    private ItemMapping() {}

    static Item toWire(GenerateEvent event) {
        var wire = Item.newBuilder();
        if (event instanceof Chunk chunk) {
            wire.setChunk(toWire(chunk));
        } else if (event instanceof Completed completed) {
            wire.setCompleted(toWire(completed));
        }
        return wire.build();
    }

    static Item toWire(OperationRecord operation) {
        return Item.newBuilder()
                .setOperation(OperationMapping.toWire(operation))
                .build();
    }

    static GenerateEvent eventFromWire(Item wire) {
        return switch (wire.getItemCase()) {
            case CHUNK -> fromWire(wire.getChunk());
            case COMPLETED -> fromWire(wire.getCompleted());
            case OPERATION, ITEM_NOT_SET -> throw new MappingException("item of a generation", wire.getItemCase());
        };
    }

    static OperationRecord operationFromWire(Item wire) {
        if (!wire.hasOperation()) {
            throw new MappingException("item of a watched operation", wire.getItemCase());
        }
        return OperationMapping.fromWire(wire.getOperation());
    }

    private static WireGeneration.Chunk toWire(Chunk chunk) {
        var wire = WireGeneration.Chunk.newBuilder()
                .setText(chunk.text())
                .setReasoning(chunk.reasoning())
                .setTokens(chunk.tokens());
        chunk.toolCalls().forEach(call -> wire.addToolCalls(GenerationMapping.toWire(call)));
        chunk.logprobs().forEach(logprob -> wire.addLogprobs(toWire(logprob)));
        return wire.build();
    }

    private static Chunk fromWire(WireGeneration.Chunk wire) {
        return new Chunk(
                wire.getText(),
                wire.getReasoning(),
                wire.getToolCallsCount() == 0
                        ? List.of()
                        : wire.getToolCallsList().stream()
                                .map(GenerationMapping::fromWire)
                                .toList(),
                wire.getTokens(),
                wire.getLogprobsCount() == 0
                        ? List.of()
                        : wire.getLogprobsList().stream()
                                .map(ItemMapping::fromWire)
                                .toList());
    }

    private static WireGeneration.TokenLogprob toWire(TokenLogprob logprob) {
        return WireGeneration.TokenLogprob.newBuilder()
                .setToken(toWire(logprob.token()))
                .addAllAlternatives(
                        logprob.alternatives().stream().map(ItemMapping::toWire).toList())
                .build();
    }

    private static TokenLogprob fromWire(WireGeneration.TokenLogprob wire) {
        return new TokenLogprob(
                fromWire(wire.getToken()),
                wire.getAlternativesList().stream().map(ItemMapping::fromWire).toList());
    }

    private static WireGeneration.Candidate toWire(Candidate candidate) {
        return WireGeneration.Candidate.newBuilder()
                .setId(candidate.id())
                .setText(candidate.bytes())
                .setLogprob(candidate.logprob())
                .build();
    }

    private static Candidate fromWire(WireGeneration.Candidate wire) {
        return new Candidate(wire.getId(), wire.getText(), wire.getLogprob());
    }

    private static WireGeneration.Completed toWire(Completed completed) {
        return WireGeneration.Completed.newBuilder()
                .setReason(toWire(completed.reason()))
                .setPromptTokens(completed.promptTokens())
                .setCompletionTokens(completed.completionTokens())
                .setCachedTokens(completed.cachedTokens())
                .setDraftedTokens(completed.draftedTokens())
                .setAcceptedDraftTokens(completed.acceptedDraftTokens())
                .setQueue(TimeMapping.toWire(completed.timings().queue()))
                .setPrefill(TimeMapping.toWire(completed.timings().prefill()))
                .setFirstToken(TimeMapping.toWire(completed.timings().firstToken()))
                .setDecode(TimeMapping.toWire(completed.timings().decode()))
                .setSeed(completed.seed())
                .setStopMatch(completed.stopMatch())
                .setSessionTokens(completed.sessionTokens())
                .build();
    }

    private static Completed fromWire(WireGeneration.Completed wire) {
        return new Completed(
                fromWire(wire.getReason()),
                wire.getPromptTokens(),
                wire.getCompletionTokens(),
                wire.getCachedTokens(),
                wire.getDraftedTokens(),
                wire.getAcceptedDraftTokens(),
                new Timings(
                        TimeMapping.fromWire(wire.getQueue()),
                        TimeMapping.fromWire(wire.getPrefill()),
                        TimeMapping.fromWire(wire.getFirstToken()),
                        TimeMapping.fromWire(wire.getDecode())),
                wire.getSeed(),
                wire.getStopMatch(),
                wire.getSessionTokens());
    }

    private static WireGeneration.FinishReason toWire(FinishReason reason) {
        return switch (reason) {
            case STOP -> WireGeneration.FinishReason.FINISH_REASON_STOP;
            case LENGTH -> WireGeneration.FinishReason.FINISH_REASON_LENGTH;
            case TOOL_CALLS -> WireGeneration.FinishReason.FINISH_REASON_TOOL_CALLS;
        };
    }

    private static FinishReason fromWire(WireGeneration.FinishReason reason) {
        return switch (reason) {
            case FINISH_REASON_STOP -> FinishReason.STOP;
            case FINISH_REASON_LENGTH -> FinishReason.LENGTH;
            case FINISH_REASON_TOOL_CALLS -> FinishReason.TOOL_CALLS;
            case FINISH_REASON_UNSPECIFIED, UNRECOGNIZED -> throw new MappingException("finish reason", reason);
        };
    }
}
