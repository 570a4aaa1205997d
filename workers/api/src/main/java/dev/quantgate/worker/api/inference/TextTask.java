package dev.quantgate.worker.api.inference;

import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.List;
import java.util.Optional;

/**
 * A task with one answer.
 *
 * @param <R> type of the answer
 */
@SuppressWarnings("unused") // R ties each task to its answer's type at the call.
public sealed interface TextTask<R extends TextResult> {
    /** Most texts in one request. */
    int MAX_INPUTS = 2048;

    ModelRef model();

    /** Vectors for texts; empty pooling takes what the model's files say. */
    record Embed(
            ModelRef model, List<String> inputs, Optional<Pooling> pooling, boolean normalize, Truncation truncation)
            implements TextTask<TextResult.Embedded> {
        public Embed {
            inputs = requireTexts("inputs", inputs);
        }
    }

    /** Labels or entities for texts; {@code topK} 0 returns all labels. */
    record Classify(ModelRef model, List<TextPair> inputs, int topK, Truncation truncation)
            implements TextTask<TextResult.Classified> {
        public Classify {
            inputs = List.copyOf(inputs);
            requireTexts("inputs.text", inputs.stream().map(TextPair::text).toList());
            if (topK < 0) {
                throw WorkerFailure.invalid("top_k", topK + " (expected: >= 0)").asException();
            }
        }
    }

    /** Candidates for the masks of texts; {@code topK} is 1 to 100. */
    record FillMask(ModelRef model, List<String> inputs, int topK) implements TextTask<TextResult.Filled> {
        public FillMask {
            inputs = requireTexts("inputs", inputs);
            if (topK < 1 || topK > 100) {
                throw WorkerFailure.invalid("top_k", topK + " (expected: 1 to 100)")
                        .asException();
            }
        }
    }

    /** The tokens of a text. */
    record Tokenize(ModelRef model, String text, boolean addSpecial, boolean parseSpecial)
            implements TextTask<TextResult.Tokenized> {}

    /** The text of tokens. */
    record Detokenize(ModelRef model, List<Integer> tokens, boolean keepSpecial)
            implements TextTask<TextResult.Detokenized> {
        public Detokenize {
            tokens = List.copyOf(tokens);
        }
    }

    /** A text, or a pair of texts. */
    record TextPair(String text, Optional<String> pair) {}

    /** How token vectors become one. */
    enum Pooling {
        MEAN,
        CLS,
        LAST
    }

    /** What happens to a text that is too long. */
    enum Truncation {
        ERROR,
        END,
        SLIDING_WINDOW
    }

    private static List<String> requireTexts(String field, List<String> texts) {
        if (texts.isEmpty() || texts.size() > MAX_INPUTS) {
            throw WorkerFailure.invalid(field, texts.size() + " texts (expected: 1 to " + MAX_INPUTS + ")")
                    .asException();
        }
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).isEmpty()) {
                throw WorkerFailure.invalid(field + "[" + i + "]", "\"\" (expected: at least one character)")
                        .asException();
            }
        }
        return List.copyOf(texts);
    }
}
