package dev.quantgate.worker.torch.quantize;

import dev.quantgate.worker.torch.model.EncoderModel;
import dev.quantgate.worker.torch.model.HeadKind;
import dev.quantgate.worker.torch.model.Pooling;
import dev.quantgate.worker.torch.model.TokenBatch;
import dev.quantgate.worker.torch.model.TokenInput;
import dev.quantgate.worker.torch.tokenize.EncoderTokenizer;
import dev.quantgate.worker.torch.tokenize.TextFitter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What one form of a model answers to a fixed sample of sentences, and what that costs.
 *
 * @param answers rows of scores or states, in the order of the sample
 * @param labelled whether the largest number of an answer means something
 * @param latencyMillis median time of one sentence
 * @param residentBytes growth of the process by loading the model and running the sample
 */
record QualityProbe(List<float[]> answers, boolean labelled, double latencyMillis, long residentBytes) {

    private static final int PAGE_BYTES = 4096;
    private static final String SAMPLE = "/dev/quantgate/worker/torch/quantize/sample.txt";

    /** Loads a model, runs the sample one sentence at a time, and unloads it. */
    static QualityProbe run(Path folder) throws IOException {
        long before = processBytes();
        try (EncoderModel model = EncoderModel.load(folder);
                EncoderTokenizer tokenizer = EncoderTokenizer.load(folder, model.config())) {
            TextFitter fitter = new TextFitter(tokenizer.maxTokens());
            List<float[]> answers = new ArrayList<>();
            List<String> sample = sample();
            double[] millis = new double[sample.size()];
            for (int i = 0; i < millis.length; i++) {
                TokenInput input =
                        fitter.truncate(tokenizer.encode(sample.get(i))).toInput();
                TokenBatch batch = new TokenBatch(List.of(input), model.config().paddingId());
                long start = System.nanoTime();
                answers.addAll(answers(model, tokenizer, batch));
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
            Arrays.sort(millis);
            boolean labelled = model.config().head() != HeadKind.FEATURES;
            return new QualityProbe(answers, labelled, millis[millis.length / 2], Math.max(0, processBytes() - before));
        }
    }

    private static List<float[]> answers(EncoderModel model, EncoderTokenizer tokenizer, TokenBatch batch) {
        return switch (model.config().head()) {
            case SEQUENCE_CLASSIFICATION -> List.of(model.sequenceScores(batch)[0]);
            case TOKEN_CLASSIFICATION -> List.of(model.tokenScores(batch)[0]);
            case MASKED_LM -> {
                TokenInput original = batch.inputs().get(0);
                int middle = original.length() / 2;
                long[] ids = original.ids().clone();
                ids[middle] = tokenizer.maskId();
                TokenBatch masked = new TokenBatch(List.of(new TokenInput(ids, original.types())), batch.paddingId());
                yield List.of(model.maskedScores(masked, List.of(new int[] {middle}))[0][0]);
            }
            case FEATURES -> List.of(model.pooled(batch, Pooling.MEAN, false)[0]);
        };
    }

    /** Mean cosine of the answers to those of another form. */
    double meanCosine(QualityProbe other) {
        return cosines(other).average().orElse(0);
    }

    /** Smallest cosine of the answers to those of another form. */
    double leastCosine(QualityProbe other) {
        return cosines(other).min().orElse(0);
    }

    private java.util.stream.DoubleStream cosines(QualityProbe other) {
        return java.util.stream.IntStream.range(0, answers.size())
                .mapToDouble(i -> cosine(answers.get(i), other.answers.get(i)));
    }

    /** Part of the answers whose largest score stands at the same place; NaN without labels. */
    double agreement(QualityProbe other) {
        if (!labelled) {
            return Double.NaN;
        }
        int same = 0;
        for (int i = 0; i < answers.size(); i++) {
            same += largest(answers.get(i)) == largest(other.answers.get(i)) ? 1 : 0;
        }
        return (double) same / answers.size();
    }

    private static double cosine(float[] left, float[] right) {
        double dot = 0;
        double leftSquare = 0;
        double rightSquare = 0;
        for (int i = 0; i < left.length; i++) {
            dot += (double) left[i] * right[i];
            leftSquare += (double) left[i] * left[i];
            rightSquare += (double) right[i] * right[i];
        }
        return dot / Math.max(Math.sqrt(leftSquare * rightSquare), 1e-30);
    }

    private static int largest(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    private static List<String> sample() throws IOException {
        try (InputStream in = Objects.requireNonNull(QualityProbe.class.getResourceAsStream(SAMPLE), SAMPLE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        }
    }

    private static long processBytes() throws IOException {
        String status = Files.readString(Path.of("/proc/self/statm"));
        int start = status.indexOf(' ') + 1;
        return Long.parseLong(status, start, status.indexOf(' ', start), 10) * PAGE_BYTES;
    }
}
