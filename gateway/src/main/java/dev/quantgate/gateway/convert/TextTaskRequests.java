package dev.quantgate.gateway.convert;

import dev.quantgate.v1.ClassifyRequest;
import dev.quantgate.v1.DetokenizeRequest;
import dev.quantgate.v1.EmbedRequest;
import dev.quantgate.v1.FillMaskRequest;
import dev.quantgate.v1.TokenizeRequest;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.TextTask;
import java.util.Optional;

/** Requests for vectors, labels and tokens, checked and as records. Each throws INVALID_REQUEST naming the field. */
public final class TextTaskRequests {
    private static final int DEFAULT_MASK_CANDIDATES = 5;

    private TextTaskRequests() {}

    public static TextTask.Embed embed(EmbedRequest request) {
        var pooling = switch (request.getPooling()) {
            case POOLING_UNSPECIFIED -> Optional.<TextTask.Pooling>empty();
            case POOLING_MEAN -> Optional.of(TextTask.Pooling.MEAN);
            case POOLING_CLS -> Optional.of(TextTask.Pooling.CLS);
            case POOLING_LAST -> Optional.of(TextTask.Pooling.LAST);
            case UNRECOGNIZED -> throw unknown("pooling", "Pooling");
        };
        return new TextTask.Embed(
                ResourceNames.parseModel(request.getModel(), "model"),
                request.getInputsList(),
                pooling,
                !request.hasNormalize() || request.getNormalize(),
                truncation(request.getTruncation()));
    }

    public static TextTask.Classify classify(ClassifyRequest request) {
        var inputs = request.getInputsList().stream()
                .map(input -> new TextTask.TextPair(
                        input.getText(), Optional.of(input.getTextPair()).filter(pair -> !pair.isEmpty())))
                .toList();
        return new TextTask.Classify(
                ResourceNames.parseModel(request.getModel(), "model"),
                inputs,
                request.getTopK(),
                truncation(request.getTruncation()));
    }

    public static TextTask.FillMask fillMask(FillMaskRequest request) {
        return new TextTask.FillMask(
                ResourceNames.parseModel(request.getModel(), "model"),
                request.getInputsList(),
                request.getTopK() == 0 ? DEFAULT_MASK_CANDIDATES : request.getTopK());
    }

    public static TextTask.Tokenize tokenize(TokenizeRequest request) {
        return new TextTask.Tokenize(
                ResourceNames.parseModel(request.getModel(), "model"),
                request.getText(),
                !request.hasAddSpecial() || request.getAddSpecial(),
                request.getParseSpecial());
    }

    public static TextTask.Detokenize detokenize(DetokenizeRequest request) {
        return new TextTask.Detokenize(
                ResourceNames.parseModel(request.getModel(), "model"),
                request.getTokensList(),
                request.getKeepSpecial());
    }

    private static TextTask.Truncation truncation(dev.quantgate.v1.Truncation truncation) {
        return switch (truncation) {
            case TRUNCATION_UNSPECIFIED, TRUNCATION_ERROR -> TextTask.Truncation.ERROR;
            case TRUNCATION_END -> TextTask.Truncation.END;
            case TRUNCATION_SLIDING_WINDOW -> TextTask.Truncation.SLIDING_WINDOW;
            case UNRECOGNIZED -> throw unknown("truncation", "Truncation");
        };
    }

    private static WorkerException unknown(String field, String type) {
        return WorkerFailure.invalid(field, "unknown value (expected: a value of " + type + ")")
                .asException();
    }
}
