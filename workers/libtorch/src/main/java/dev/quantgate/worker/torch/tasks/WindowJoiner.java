package dev.quantgate.worker.torch.tasks;

import dev.quantgate.worker.torch.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.List;

/** Puts the rows of overlapping windows together to one row for each token of the whole text. */
final class WindowJoiner {

    private WindowJoiner() {}

    /**
     * Joins rows; of two windows that share a token, the one in which the token is further from an edge wins.
     *
     * @param rows for each window a row for each of its tokens
     * @return a row for each token of the whole text, empty for special tokens
     */
    static float[][] join(PreparedText text, List<float[][]> rows, int overlapTokens) {
        List<float[]> content = new ArrayList<>();
        int half = overlapTokens / 2;
        for (int window = 0; window < rows.size(); window++) {
            List<float[]> own = contentRows(text.windows().get(window), rows.get(window));
            if (window == 0) {
                content.addAll(own);
                continue;
            }
            // The window before keeps the first half of the shared tokens, this one gives the rest.
            int keep = content.size() - (overlapTokens - half);
            content.subList(keep, content.size()).clear();
            content.addAll(own.subList(half, own.size()));
        }
        float[][] joined = new float[text.whole().length()][];
        int next = 0;
        for (int i = 0; i < joined.length; i++) {
            joined[i] = text.whole().special()[i] || next >= content.size() ? new float[0] : content.get(next++);
        }
        return joined;
    }

    private static List<float[]> contentRows(TokenizedText window, float[][] rows) {
        List<float[]> content = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            if (!window.special()[i]) {
                content.add(rows[i]);
            }
        }
        return content;
    }
}
