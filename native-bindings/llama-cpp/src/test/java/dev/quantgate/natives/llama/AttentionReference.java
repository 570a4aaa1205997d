package dev.quantgate.natives.llama;

/** What attention yields for one row and head, in double precision. */
final class AttentionReference {
    final double[] values;
    /** What the absolute values of the terms of each value add up to. */
    final double[] sizes;

    private final AttentionInput input;
    private final int row;
    private final int head;

    AttentionReference(AttentionInput input, int row, int head) {
        this.input = input;
        this.row = row;
        this.head = head;
        values = new double[input.shape.valueSize()];
        sizes = new double[input.shape.valueSize()];
        addUp(scores());
    }

    private double[] scores() {
        var shape = input.shape;
        double[] scores = new double[shape.cells()];
        for (int cell = 0; cell < scores.length; cell++) {
            float mask = Halves.toFloat(input.mask[shape.maskAt(row, cell)]);
            scores[cell] = mask == Float.NEGATIVE_INFINITY ? mask : product(cell) + mask * slope();
        }
        return scores;
    }

    private double product(int cell) {
        var shape = input.shape;
        int query = (row * shape.heads() + head) * shape.keySize();
        int key = cellAt(cell) * shape.keySize();
        double sum = 0;
        for (int i = 0; i < shape.keySize(); i++) {
            sum += input.queries[query + i] * (double) Halves.toFloat(input.keys[key + i]);
        }
        sum *= input.scale();
        return input.softCap == 0 ? sum : input.softCap * Math.tanh(sum / input.softCap);
    }

    private int cellAt(int cell) {
        var shape = input.shape;
        int stream = row / shape.rows();
        return (stream * shape.cells() + cell) * shape.kvHeads() + head / (shape.heads() / shape.kvHeads());
    }

    /** What ALiBi multiplies the mask by; the number of heads is a power of two here. */
    private double slope() {
        return input.maxBias == 0 ? 1 : Math.pow(2, -input.maxBias * (head + 1) / input.shape.heads());
    }

    private void addUp(double[] scores) {
        double largest = input.sinks.length > 0 ? input.sinks[head] : Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            largest = Math.max(largest, score);
        }
        double total = input.sinks.length > 0 ? Math.exp(input.sinks[head] - largest) : 0;
        for (int cell = 0; cell < scores.length; cell++) {
            if (scores[cell] == Double.NEGATIVE_INFINITY) {
                continue;
            }
            double weight = Math.exp(scores[cell] - largest);
            total += weight;
            for (int i = 0; i < values.length; i++) {
                double value = weight * Halves.toFloat(input.values[cellAt(cell) * values.length + i]);
                values[i] += value;
                sizes[i] += Math.abs(value);
            }
        }
        for (int i = 0; i < values.length && total > 0; i++) {
            values[i] /= total;
            sizes[i] /= total;
        }
    }
}
