package dev.quantgate.worker.torch.serving;

import java.time.Duration;

/**
 * How inputs are gathered.
 *
 * @param instances threads that compute, each a batch at a time
 * @param tokenBudget most tokens of a batch, padding included where a model pads; a longer input runs alone
 * @param maxBatch most inputs of a batch
 * @param maxWait longest wait for more inputs, taken only under concurrent load
 * @param queueCapacity most requests that wait
 */
public record BatchSettings(int instances, int tokenBudget, int maxBatch, Duration maxWait, int queueCapacity) {

    public BatchSettings {
        requireAtLeast("instances", instances, 1);
        requireAtLeast("tokenBudget", tokenBudget, 1);
        requireAtLeast("maxBatch", maxBatch, 1);
        requireAtLeast("queueCapacity", queueCapacity, 0);
        if (maxWait.isNegative()) {
            throw new IllegalArgumentException("maxWait: " + maxWait + " (expected: >= 0)");
        }
    }

    private static void requireAtLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
        }
    }
}
