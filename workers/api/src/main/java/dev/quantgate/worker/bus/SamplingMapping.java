package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireGeneration;
import dev.quantgate.worker.api.inference.Constraint;
import dev.quantgate.worker.api.inference.Sampling;
import java.util.OptionalInt;

/** Sampling parameters on the wire. */
final class SamplingMapping {
    private SamplingMapping() {}

    static WireGeneration.Sampling toWire(Sampling sampling) {
        var wire = WireGeneration.Sampling.newBuilder()
                .setTemperature(sampling.temperature())
                .setTopK(sampling.topK())
                .setTopP(sampling.topP())
                .setMinP(sampling.minP())
                .setTypicalP(sampling.typicalP())
                .setRepetitionPenalty(sampling.repetitionPenalty())
                .setPresencePenalty(sampling.presencePenalty())
                .setFrequencyPenalty(sampling.frequencyPenalty())
                .setPenaltyLastN(sampling.penaltyLastN())
                .putAllLogitBias(sampling.logitBias());
        sampling.seed().ifPresent(wire::setSeed);
        if (sampling.constraint() instanceof Constraint.Grammar grammar) {
            wire.setGrammar(grammar.gbnf());
        } else if (sampling.constraint() instanceof Constraint.JsonSchema schema) {
            wire.setJsonSchema(schema.schema());
        }
        return wire.build();
    }

    static Sampling fromWire(WireGeneration.Sampling wire) {
        return new Sampling(
                wire.getTemperature(),
                wire.getTopK(),
                wire.getTopP(),
                wire.getMinP(),
                wire.getTypicalP(),
                wire.getRepetitionPenalty(),
                wire.getPresencePenalty(),
                wire.getFrequencyPenalty(),
                wire.getPenaltyLastN(),
                wire.hasSeed() ? OptionalInt.of(wire.getSeed()) : OptionalInt.empty(),
                wire.getLogitBiasMap(),
                constraint(wire));
    }

    private static Constraint constraint(WireGeneration.Sampling wire) {
        return switch (wire.getConstraintCase()) {
            case GRAMMAR -> new Constraint.Grammar(wire.getGrammar());
            case JSON_SCHEMA -> new Constraint.JsonSchema(wire.getJsonSchema());
            case CONSTRAINT_NOT_SET -> Constraint.NONE;
        };
    }
}
