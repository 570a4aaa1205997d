package dev.quantgate.worker.torch.tasks;

import dev.quantgate.worker.torch.model.TokenInput;
import dev.quantgate.worker.torch.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.List;

/** Flattens texts into windows for the engine, and its results back into texts. */
final class Windows {

    private Windows() {}

    static List<TokenInput> inputs(List<PreparedText> texts) {
        return texts.stream()
                .flatMap(text -> text.windows().stream())
                .map(TokenizedText::toInput)
                .toList();
    }

    static List<List<float[][]>> group(List<PreparedText> texts, List<float[][]> rows) {
        List<List<float[][]>> groups = new ArrayList<>();
        int next = 0;
        for (PreparedText text : texts) {
            int count = text.windows().size();
            groups.add(rows.subList(next, next + count));
            next += count;
        }
        return groups;
    }
}
