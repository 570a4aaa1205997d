package dev.quantgate.gateway.convert;

import dev.quantgate.v1.Classification;
import dev.quantgate.v1.ClassifyResponse;
import dev.quantgate.v1.DetokenizeResponse;
import dev.quantgate.v1.EmbedResponse;
import dev.quantgate.v1.Embedding;
import dev.quantgate.v1.Entity;
import dev.quantgate.v1.FillMaskResponse;
import dev.quantgate.v1.FilledMask;
import dev.quantgate.v1.FilledText;
import dev.quantgate.v1.LabelScore;
import dev.quantgate.v1.MaskCandidate;
import dev.quantgate.v1.TokenizeResponse;
import dev.quantgate.worker.api.inference.TextResult;

/** Vectors, labels and tokens as messages. */
public final class TextTaskMessages {
    private TextTaskMessages() {}

    public static EmbedResponse embedded(TextResult.Embedded result) {
        var message = EmbedResponse.newBuilder().setPromptTokens(result.promptTokens());
        for (var vector : result.vectors()) {
            var embedding = Embedding.newBuilder()
                    .setTokens(vector.tokens())
                    .setTruncated(vector.truncated())
                    .setWindows(vector.windows());
            for (var value : vector.values()) {
                embedding.addValues(value);
            }
            message.addEmbeddings(embedding);
        }
        return message.build();
    }

    public static ClassifyResponse classified(TextResult.Classified result) {
        var message = ClassifyResponse.newBuilder();
        result.results().forEach(one -> message.addResults(classification(one)));
        return message.build();
    }

    private static Classification classification(TextResult.Classification result) {
        var message = Classification.newBuilder()
                .setTokens(result.tokens())
                .setTruncated(result.truncated())
                .setWindows(result.windows());
        result.labels()
                .forEach(label -> message.addLabels(
                        LabelScore.newBuilder().setLabel(label.label()).setScore(label.score())));
        result.entities()
                .forEach(entity -> message.addEntities(Entity.newBuilder()
                        .setLabel(entity.label())
                        .setScore(entity.score())
                        .setStart(entity.start())
                        .setEnd(entity.end())
                        .setText(entity.text())));
        return message.build();
    }

    public static FillMaskResponse filled(TextResult.Filled result) {
        var message = FillMaskResponse.newBuilder();
        for (var text : result.results()) {
            var filled = FilledText.newBuilder();
            for (var mask : text) {
                var candidates = FilledMask.newBuilder();
                mask.forEach(candidate -> candidates.addCandidates(MaskCandidate.newBuilder()
                        .setToken(candidate.token())
                        .setText(candidate.text())
                        .setScore(candidate.score())
                        .setSequence(candidate.sequence())));
                filled.addMasks(candidates);
            }
            message.addResults(filled);
        }
        return message.build();
    }

    public static TokenizeResponse tokenized(TextResult.Tokenized result) {
        return TokenizeResponse.newBuilder()
                .addAllTokens(result.tokens())
                .addAllTexts(result.texts())
                .build();
    }

    public static DetokenizeResponse detokenized(TextResult.Detokenized result) {
        return DetokenizeResponse.newBuilder().setText(result.text()).build();
    }
}
