package dev.quantgate.worker.torch.tasks;

import dev.quantgate.worker.api.inference.TextResult.Entity;
import dev.quantgate.worker.torch.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins neighbouring tokens of one label to entities: {@code B-X} starts one, {@code I-X} continues it, {@code O} is
 * none. The score is the mean over the tokens.
 */
final class EntityAggregator {

    private static final String NONE = "O";

    private final List<String> labels;

    EntityAggregator(List<String> labels) {
        this.labels = List.copyOf(labels);
    }

    /** A run of tokens with one tag. */
    private static final class Run {
        private final String tag;
        private final int start;
        private int end;
        private double scoreSum;
        private int tokens;

        private Run(String tag, int start) {
            this.tag = tag;
            this.start = start;
        }

        private void add(int tokenEnd, float score) {
            end = tokenEnd;
            scoreSum += score;
            tokens++;
        }

        private Entity toEntity(String text) {
            int from = text.offsetByCodePoints(0, start);
            int to = text.offsetByCodePoints(0, Math.max(start, end));
            return new Entity(tag, (float) (scoreSum / tokens), start, end, text.substring(from, to));
        }
    }

    /**
     * Finds the entities of a text.
     *
     * @param tokens tokens of the whole text
     * @param probabilities a row of label probabilities for each token; null rows are skipped like special tokens
     */
    List<Entity> aggregate(String text, TokenizedText tokens, float[][] probabilities) {
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < probabilities.length; i++) {
            if (tokens.special()[i] || probabilities[i].length == 0) {
                continue;
            }
            int best = Scores.largest(probabilities[i], 1).get(0);
            String label = labels.get(best);
            boolean prefixed = label.startsWith("B-") || label.startsWith("I-");
            String tag = prefixed ? label.substring(2) : label;
            Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last == null || !last.tag.equals(tag) || label.startsWith("B-")) {
                last = new Run(tag, tokens.starts()[i]);
                runs.add(last);
            }
            last.add(tokens.ends()[i], probabilities[i][best]);
        }
        return runs.stream()
                .filter(run -> !run.tag.equals(NONE))
                .map(run -> run.toEntity(text))
                .toList();
    }
}
