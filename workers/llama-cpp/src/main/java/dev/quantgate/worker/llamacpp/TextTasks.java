package dev.quantgate.worker.llamacpp;

import dev.quantgate.natives.llama.Vocabulary;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.TextResult.Detokenized;
import dev.quantgate.worker.api.inference.TextResult.Tokenized;
import dev.quantgate.worker.api.inference.TextTask.Detokenize;
import dev.quantgate.worker.api.inference.TextTask.Tokenize;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text to tokens and back. */
final class TextTasks {
    private TextTasks() {}

    static Tokenized tokenize(Vocabulary vocabulary, Tokenize task) {
        var tokens = vocabulary.tokenize(task.text(), task.addSpecial(), task.parseSpecial());
        var texts = Arrays.stream(tokens)
                .mapToObj(token -> vocabulary.isControl(token)
                        ? vocabulary.text(token)
                        : new String(vocabulary.piece(token), StandardCharsets.UTF_8))
                .toList();
        return new Tokenized(Arrays.stream(tokens).boxed().toList(), texts);
    }

    /**
     * Joins tokens.
     *
     * @throws WorkerException INVALID_REQUEST for a token outside the vocabulary
     */
    static Detokenized detokenize(Vocabulary vocabulary, Detokenize task) {
        var tokens = new int[task.tokens().size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = task.tokens().get(i);
            if (tokens[i] < 0 || tokens[i] >= vocabulary.size()) {
                throw WorkerFailure.invalid(
                                "tokens[" + i + "]", tokens[i] + " (expected: 0 to " + (vocabulary.size() - 1) + ")")
                        .asException();
            }
        }
        return new Detokenized(new String(vocabulary.detokenize(tokens, task.keepSpecial()), StandardCharsets.UTF_8));
    }
}
