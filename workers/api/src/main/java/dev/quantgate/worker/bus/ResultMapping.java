package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireTasks;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextResult.Classification;
import dev.quantgate.worker.api.inference.TextResult.Classified;
import dev.quantgate.worker.api.inference.TextResult.Detokenized;
import dev.quantgate.worker.api.inference.TextResult.Embedded;
import dev.quantgate.worker.api.inference.TextResult.Entity;
import dev.quantgate.worker.api.inference.TextResult.Filled;
import dev.quantgate.worker.api.inference.TextResult.LabelScore;
import dev.quantgate.worker.api.inference.TextResult.MaskCandidate;
import dev.quantgate.worker.api.inference.TextResult.Tokenized;
import dev.quantgate.worker.api.inference.TextResult.Vector;
import dev.quantgate.worker.api.inference.TextTask;
import java.util.List;

/** Results of text tasks on the wire. */
final class ResultMapping {
    private ResultMapping() {}

    static WireTasks.TextResult toWire(TextResult result) {
        var wire = WireTasks.TextResult.newBuilder();
        if (result instanceof Embedded embedded) {
            wire.setEmbedded(toWire(embedded));
        } else if (result instanceof Classified classified) {
            wire.setClassified(WireTasks.Classified.newBuilder()
                    .addAllResults(classified.results().stream()
                            .map(ResultMapping::toWire)
                            .toList()));
        } else if (result instanceof Filled filled) {
            wire.setFilled(toWire(filled));
        } else if (result instanceof Tokenized tokenized) {
            wire.setTokenized(WireTasks.Tokenized.newBuilder()
                    .addAllTokens(tokenized.tokens())
                    .addAllTexts(tokenized.texts()));
        } else if (result instanceof Detokenized detokenized) {
            wire.setDetokenized(detokenized.text());
        }
        return wire.build();
    }

    /** The answer to {@code task}; an answer to another kind of task is an error. */
    @SuppressWarnings("unchecked") // The class that belongs to the task's R has just been checked.
    static <R extends TextResult> R fromWire(WireTasks.TextResult wire, TextTask<R> task) {
        var result = fromWire(wire);
        if (!typeOf(task).isInstance(result)) {
            throw new MappingException("answer to a text task", wire.getResultCase());
        }
        return (R) result;
    }

    static TextResult fromWire(WireTasks.TextResult wire) {
        return switch (wire.getResultCase()) {
            case EMBEDDED -> fromWire(wire.getEmbedded());
            case CLASSIFIED ->
                new Classified(wire.getClassified().getResultsList().stream()
                        .map(ResultMapping::fromWire)
                        .toList());
            case FILLED -> fromWire(wire.getFilled());
            case TOKENIZED ->
                new Tokenized(
                        wire.getTokenized().getTokensList(), wire.getTokenized().getTextsList());
            case DETOKENIZED -> new Detokenized(wire.getDetokenized());
            case RESULT_NOT_SET -> throw new MappingException("text result", wire.getResultCase());
        };
    }

    private static Class<? extends TextResult> typeOf(TextTask<?> task) {
        if (task instanceof TextTask.Embed) {
            return Embedded.class;
        } else if (task instanceof TextTask.Classify) {
            return Classified.class;
        } else if (task instanceof TextTask.FillMask) {
            return Filled.class;
        } else if (task instanceof TextTask.Tokenize) {
            return Tokenized.class;
        } else {
            return Detokenized.class;
        }
    }

    private static WireTasks.Embedded toWire(Embedded embedded) {
        var wire = WireTasks.Embedded.newBuilder().setPromptTokens(embedded.promptTokens());
        for (var vector : embedded.vectors()) {
            var values = wire.addVectorsBuilder()
                    .setTokens(vector.tokens())
                    .setTruncated(vector.truncated())
                    .setWindows(vector.windows());
            for (var value : vector.values()) {
                values.addValues(value);
            }
        }
        return wire.build();
    }

    private static Embedded fromWire(WireTasks.Embedded wire) {
        return new Embedded(
                wire.getVectorsList().stream().map(ResultMapping::fromWire).toList(), wire.getPromptTokens());
    }

    private static Vector fromWire(WireTasks.Vector wire) {
        var values = new float[wire.getValuesCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = wire.getValues(i);
        }
        return new Vector(values, wire.getTokens(), wire.getTruncated(), wire.getWindows());
    }

    private static WireTasks.Classification toWire(Classification classification) {
        var wire = WireTasks.Classification.newBuilder()
                .setTokens(classification.tokens())
                .setTruncated(classification.truncated())
                .setWindows(classification.windows());
        for (var label : classification.labels()) {
            wire.addLabelsBuilder().setLabel(label.label()).setScore(label.score());
        }
        for (var entity : classification.entities()) {
            wire.addEntitiesBuilder()
                    .setLabel(entity.label())
                    .setScore(entity.score())
                    .setStart(entity.start())
                    .setEnd(entity.end())
                    .setText(entity.text());
        }
        return wire.build();
    }

    private static Classification fromWire(WireTasks.Classification wire) {
        return new Classification(
                wire.getLabelsList().stream()
                        .map(label -> new LabelScore(label.getLabel(), label.getScore()))
                        .toList(),
                wire.getEntitiesList().stream()
                        .map(entity -> new Entity(
                                entity.getLabel(),
                                entity.getScore(),
                                entity.getStart(),
                                entity.getEnd(),
                                entity.getText()))
                        .toList(),
                wire.getTokens(),
                wire.getTruncated(),
                wire.getWindows());
    }

    private static WireTasks.Filled toWire(Filled filled) {
        var wire = WireTasks.Filled.newBuilder();
        for (var masks : filled.results()) {
            var text = wire.addTextsBuilder();
            for (var candidates : masks) {
                var mask = text.addMasksBuilder();
                for (var candidate : candidates) {
                    mask.addCandidatesBuilder()
                            .setToken(candidate.token())
                            .setText(candidate.text())
                            .setScore(candidate.score())
                            .setSequence(candidate.sequence());
                }
            }
        }
        return wire.build();
    }

    private static Filled fromWire(WireTasks.Filled wire) {
        return new Filled(wire.getTextsList().stream()
                .map(text -> text.getMasksList().stream()
                        .map(ResultMapping::candidates)
                        .toList())
                .toList());
    }

    private static List<MaskCandidate> candidates(WireTasks.FilledMask wire) {
        return wire.getCandidatesList().stream()
                .map(candidate -> new MaskCandidate(
                        candidate.getToken(), candidate.getText(), candidate.getScore(), candidate.getSequence()))
                .toList();
    }
}
