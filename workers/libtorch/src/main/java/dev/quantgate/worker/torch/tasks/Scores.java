package dev.quantgate.worker.torch.tasks;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Arithmetic on rows of scores. */
final class Scores {

    private Scores() {}

    /** Probabilities that add up to 1. */
    static float[] softmax(float[] scores) {
        float largest = Float.NEGATIVE_INFINITY;
        for (float score : scores) {
            largest = Math.max(largest, score);
        }
        double sum = 0;
        double[] powers = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            powers[i] = Math.exp((double) scores[i] - largest);
            sum += powers[i];
        }
        float[] probabilities = new float[scores.length];
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] = (float) (powers[i] / sum);
        }
        return probabilities;
    }

    /** Independent probabilities. */
    static float[] sigmoid(float[] scores) {
        float[] probabilities = new float[scores.length];
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] = (float) (1 / (1 + Math.exp(-(double) scores[i])));
        }
        return probabilities;
    }

    /** Indices of the largest values, largest first; of equal ones the first wins. */
    static List<Integer> largest(float[] values, int count) {
        Comparator<Integer> worstFirst = Comparator.<Integer>comparingDouble(i -> values[i])
                .thenComparing(Comparator.<Integer>naturalOrder().reversed());
        PriorityQueue<Integer> best = new PriorityQueue<>(worstFirst);
        for (int i = 0; i < values.length; i++) {
            if (best.size() < count) {
                best.add(i);
            } else if (values[i] > values[best.element()]) {
                best.remove();
                best.add(i);
            }
        }
        return best.stream().sorted(worstFirst.reversed()).toList();
    }

    /** Mean of rows, each with a weight. */
    static float[] weightedMean(List<float[]> rows, List<Integer> weights) {
        double[] sums = new double[rows.get(0).length];
        double total = 0;
        for (int row = 0; row < rows.size(); row++) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += (double) rows.get(row)[i] * weights.get(row);
            }
            total += weights.get(row);
        }
        float[] mean = new float[sums.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sums[i] / total);
        }
        return mean;
    }

    /** The vector divided by its Euclidean length; a zero vector stays. */
    static float[] normalized(float[] vector) {
        double square = 0;
        for (float value : vector) {
            square += (double) value * value;
        }
        double length = Math.max(Math.sqrt(square), 1e-12);
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }
}
