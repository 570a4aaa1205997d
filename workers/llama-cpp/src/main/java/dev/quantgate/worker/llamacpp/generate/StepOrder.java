package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.worker.llamacpp.schedule.StepBatch;
import java.util.Arrays;

/**
 * The order in which the rows of a step are given to llama.cpp. It computes separate sequences together as far as their
 * ids follow each other, so for them the rows are sorted by sequence; otherwise they stay as they are.
 */
final class StepOrder {
    private final int[] stepRows;
    private final int[] nativeRows;
    private final int[] starts;

    StepOrder(int batchTokens, int sequences) {
        stepRows = new int[batchTokens];
        nativeRows = new int[batchTokens];
        starts = new int[sequences + 1];
    }

    void arrange(StepBatch step, boolean bySequence) {
        if (bySequence) {
            sort(step);
        } else {
            for (int row = 0; row < step.size(); row++) {
                stepRows[row] = row;
                nativeRows[row] = row;
            }
        }
    }

    private void sort(StepBatch step) {
        Arrays.fill(starts, 0);
        for (int row = 0; row < step.size(); row++) {
            starts[step.sequence(row) + 1]++;
        }
        for (int sequence = 1; sequence < starts.length; sequence++) {
            starts[sequence] += starts[sequence - 1];
        }
        for (int row = 0; row < step.size(); row++) {
            var at = starts[step.sequence(row)]++;
            stepRows[at] = row;
            nativeRows[row] = at;
        }
    }

    /** The row of the step that is the {@code index}-th one for llama.cpp. */
    int stepRow(int index) {
        return stepRows[index];
    }

    /** Where a row of the step is for llama.cpp. */
    int nativeRow(int stepRow) {
        return nativeRows[stepRow];
    }
}
