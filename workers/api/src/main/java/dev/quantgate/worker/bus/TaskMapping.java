package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireTasks;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.api.inference.TextTask.Classify;
import dev.quantgate.worker.api.inference.TextTask.Detokenize;
import dev.quantgate.worker.api.inference.TextTask.Embed;
import dev.quantgate.worker.api.inference.TextTask.FillMask;
import dev.quantgate.worker.api.inference.TextTask.Pooling;
import dev.quantgate.worker.api.inference.TextTask.TextPair;
import dev.quantgate.worker.api.inference.TextTask.Tokenize;
import dev.quantgate.worker.api.inference.TextTask.Truncation;
import java.util.Optional;

/** Text tasks on the wire. */
final class TaskMapping {
    private TaskMapping() {}

    static WireTasks.TextTask toWire(TextTask<?> task) {
        var wire = WireTasks.TextTask.newBuilder().setModel(ModelMapping.toWire(task.model()));
        if (task instanceof Embed embed) {
            wire.setEmbed(toWire(embed));
        } else if (task instanceof Classify classify) {
            wire.setClassify(toWire(classify));
        } else if (task instanceof FillMask fillMask) {
            wire.setFillMask(WireTasks.FillMask.newBuilder()
                    .addAllInputs(fillMask.inputs())
                    .setTopK(fillMask.topK()));
        } else if (task instanceof Tokenize tokenize) {
            wire.setTokenize(WireTasks.Tokenize.newBuilder()
                    .setText(tokenize.text())
                    .setAddSpecial(tokenize.addSpecial())
                    .setParseSpecial(tokenize.parseSpecial()));
        } else if (task instanceof Detokenize detokenize) {
            wire.setDetokenize(WireTasks.Detokenize.newBuilder()
                    .addAllTokens(detokenize.tokens())
                    .setKeepSpecial(detokenize.keepSpecial()));
        }
        return wire.build();
    }

    static TextTask<?> fromWire(WireTasks.TextTask wire) {
        var model = ModelMapping.fromWire(wire.getModel());
        return switch (wire.getTaskCase()) {
            case EMBED -> {
                var embed = wire.getEmbed();
                yield new Embed(
                        model,
                        embed.getInputsList(),
                        fromWire(embed.getPooling()),
                        embed.getNormalize(),
                        fromWire(embed.getTruncation()));
            }
            case CLASSIFY -> {
                var classify = wire.getClassify();
                yield new Classify(
                        model,
                        classify.getInputsList().stream()
                                .map(TaskMapping::fromWire)
                                .toList(),
                        classify.getTopK(),
                        fromWire(classify.getTruncation()));
            }
            case FILL_MASK -> {
                var fillMask = wire.getFillMask();
                yield new FillMask(model, fillMask.getInputsList(), fillMask.getTopK());
            }
            case TOKENIZE -> {
                var tokenize = wire.getTokenize();
                yield new Tokenize(model, tokenize.getText(), tokenize.getAddSpecial(), tokenize.getParseSpecial());
            }
            case DETOKENIZE -> {
                var detokenize = wire.getDetokenize();
                yield new Detokenize(model, detokenize.getTokensList(), detokenize.getKeepSpecial());
            }
            case TASK_NOT_SET -> throw new MappingException("text task", wire.getTaskCase());
        };
    }

    private static WireTasks.Embed toWire(Embed embed) {
        var wire = WireTasks.Embed.newBuilder()
                .addAllInputs(embed.inputs())
                .setNormalize(embed.normalize())
                .setTruncation(toWire(embed.truncation()));
        embed.pooling().ifPresent(pooling -> wire.setPooling(toWire(pooling)));
        return wire.build();
    }

    private static WireTasks.Classify toWire(Classify classify) {
        return WireTasks.Classify.newBuilder()
                .addAllInputs(
                        classify.inputs().stream().map(TaskMapping::toWire).toList())
                .setTopK(classify.topK())
                .setTruncation(toWire(classify.truncation()))
                .build();
    }

    private static WireTasks.TextPair toWire(TextPair pair) {
        var wire = WireTasks.TextPair.newBuilder().setText(pair.text());
        pair.pair().ifPresent(wire::setPair);
        return wire.build();
    }

    private static TextPair fromWire(WireTasks.TextPair wire) {
        return new TextPair(wire.getText(), wire.hasPair() ? Optional.of(wire.getPair()) : Optional.empty());
    }

    private static WireTasks.Pooling toWire(Pooling pooling) {
        return switch (pooling) {
            case MEAN -> WireTasks.Pooling.POOLING_MEAN;
            case CLS -> WireTasks.Pooling.POOLING_CLS;
            case LAST -> WireTasks.Pooling.POOLING_LAST;
        };
    }

    private static Optional<Pooling> fromWire(WireTasks.Pooling pooling) {
        return switch (pooling) {
            case POOLING_UNSPECIFIED -> Optional.empty();
            case POOLING_MEAN -> Optional.of(Pooling.MEAN);
            case POOLING_CLS -> Optional.of(Pooling.CLS);
            case POOLING_LAST -> Optional.of(Pooling.LAST);
            case UNRECOGNIZED -> throw new MappingException("pooling", pooling);
        };
    }

    private static WireTasks.Truncation toWire(Truncation truncation) {
        return switch (truncation) {
            case ERROR -> WireTasks.Truncation.TRUNCATION_ERROR;
            case END -> WireTasks.Truncation.TRUNCATION_END;
            case SLIDING_WINDOW -> WireTasks.Truncation.TRUNCATION_SLIDING_WINDOW;
        };
    }

    private static Truncation fromWire(WireTasks.Truncation truncation) {
        return switch (truncation) {
            case TRUNCATION_ERROR -> Truncation.ERROR;
            case TRUNCATION_END -> Truncation.END;
            case TRUNCATION_SLIDING_WINDOW -> Truncation.SLIDING_WINDOW;
            case TRUNCATION_UNSPECIFIED, UNRECOGNIZED -> throw new MappingException("truncation", truncation);
        };
    }
}
