package dev.quantgate.worker.torch.tasks;

import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.TextTask.Truncation;
import dev.quantgate.worker.torch.tokenize.EncoderTokenizer;
import dev.quantgate.worker.torch.tokenize.TextFitter;
import dev.quantgate.worker.torch.tokenize.TokenizedText;
import java.util.List;
import java.util.Optional;

/** Tokenises texts and makes them fit, as the request wants it. */
final class TextPreparer {

    private final EncoderTokenizer tokenizer;
    private final TextFitter fitter;
    private final int overlapTokens;

    TextPreparer(EncoderTokenizer tokenizer, int overlapTokens) {
        this.tokenizer = tokenizer;
        this.fitter = new TextFitter(tokenizer.maxTokens());
        this.overlapTokens = overlapTokens;
    }

    int overlapTokens() {
        return overlapTokens;
    }

    PreparedText prepare(String field, String text, Optional<String> pair, Truncation truncation) {
        TokenizedText whole = tokenizer.encode(text, pair.orElse(null));
        if (whole.length() == 0) {
            throw WorkerFailure.invalid(field, "a text without tokens (expected: at least one token)")
                    .asException();
        }
        if (!fitter.exceeds(whole)) {
            return new PreparedText(whole, List.of(whole), false);
        }
        return switch (truncation) {
            case ERROR ->
                throw WorkerFailure.invalid(
                                field, whole.length() + " tokens (expected: at most " + fitter.maxTokens() + ")")
                        .asException();
            case END -> new PreparedText(whole, List.of(fitter.truncate(whole)), true);
            case SLIDING_WINDOW -> {
                if (pair.isPresent()) {
                    throw WorkerFailure.invalid(field, "a pair (expected: a single text for a sliding window)")
                            .asException();
                }
                yield new PreparedText(whole, fitter.windows(whole, overlapTokens), false);
            }
        };
    }
}
