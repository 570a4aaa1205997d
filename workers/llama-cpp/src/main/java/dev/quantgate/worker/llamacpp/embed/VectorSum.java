package dev.quantgate.worker.llamacpp.embed;

import dev.quantgate.worker.api.inference.TextResult.Vector;

/** The vector of one text, as the mean of its windows by their tokens. */
final class VectorSum {
    private float[] sum = {};
    private int tokens;
    private boolean truncated;
    private int windows;

    void add(EmbeddingWindow window, float[] vector) {
        var weight = window.tokens().length;
        if (sum.length == 0) {
            sum = new float[vector.length];
        }
        for (int i = 0; i < vector.length; i++) {
            sum[i] += vector[i] * weight;
        }
        tokens += weight;
        truncated |= window.truncated();
        windows++;
    }

    Vector finish(boolean normalize) {
        var scale = 1.0 / Math.max(1, tokens);
        if (normalize) {
            var squares = 0.0;
            for (var value : sum) {
                squares += (double) value * value;
            }
            scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
        }
        var values = new float[sum.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (sum[i] * scale);
        }
        return new Vector(values, tokens, truncated, windows);
    }
}
