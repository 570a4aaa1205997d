package dev.quantgate.bench.kv;

import java.nio.FloatBuffer;

/** Compares predictions of the next token with exact ones, over many tokens. */
final class Divergence {
    private double negativeLog;
    private double exactNegativeLog;
    private double kl;
    private int same;
    private int count;

    /** Logits over the whole vocabulary, and the token that really follows. */
    void add(FloatBuffer logits, FloatBuffer exact, int next) {
        var size = exact.remaining();
        var logSum = logSum(logits, size);
        var exactLogSum = logSum(exact, size);
        var best = 0;
        var exactBest = 0;
        for (int token = 0; token < size; token++) {
            var logProbability = logits.get(token) - logSum;
            var exactLogProbability = exact.get(token) - exactLogSum;
            kl += Math.exp(exactLogProbability) * (exactLogProbability - logProbability);
            best = logits.get(token) > logits.get(best) ? token : best;
            exactBest = exact.get(token) > exact.get(exactBest) ? token : exactBest;
        }
        negativeLog += logSum - logits.get(next);
        exactNegativeLog += exactLogSum - exact.get(next);
        same += best == exactBest ? 1 : 0;
        count++;
    }

    double perplexity() {
        return Math.exp(negativeLog / count);
    }

    double exactPerplexity() {
        return Math.exp(exactNegativeLog / count);
    }

    /** Mean Kullback-Leibler divergence from the exact predictions, in nats. */
    double kl() {
        return kl / count;
    }

    /** How often both find the same token most likely. */
    double agreementPercent() {
        return 100.0 * same / count;
    }

    private static double logSum(FloatBuffer logits, int size) {
        var highest = Double.NEGATIVE_INFINITY;
        for (int token = 0; token < size; token++) {
            highest = Math.max(highest, logits.get(token));
        }
        var sum = 0.0;
        for (int token = 0; token < size; token++) {
            sum += Math.exp(logits.get(token) - highest);
        }
        return highest + Math.log(sum);
    }
}
