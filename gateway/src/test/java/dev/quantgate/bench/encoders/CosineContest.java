package dev.quantgate.bench.encoders;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Rounds;
import dev.quantgate.worker.torch.model.ConfigReader;
import dev.quantgate.worker.torch.tokenize.EncoderTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** How near sentence vectors of quantised forms are to those in fp32; onnxruntime's int8 file is the peer. */
record CosineContest(Bench bench, EncoderForms forms) implements Contest {
    private static final Metric COSINE = Metric.higher("cosine", "cosine");
    private static final String SAMPLE = "/dev/quantgate/worker/torch/quantize/sample.txt";

    @Override
    public String name() {
        return "cosine";
    }

    @Override
    public List<CaseResult> run(Rounds rounds) throws Exception {
        var sample = sample();
        var exact = vectors(forms.ours("fp32"), sample);
        var peerExact = vectors(forms.onnx(EncoderForms.ONNX_FP32), sample);
        var peerInt8 = cosine(vectors(forms.onnx(EncoderForms.ONNX_INT8), sample), peerExact);
        var cases = new ArrayList<CaseResult>();
        cases.add(result("cosine_fp32", cosine(exact, peerExact), 1));
        for (var mode : EncoderForms.REDUCED) {
            cases.add(result("cosine_" + mode, cosine(vectors(forms.ours(mode), sample), exact), peerInt8));
        }
        return cases;
    }

    private static CaseResult result(String name, double ours, double peer) {
        return CaseResult.of(name, COSINE, new double[] {ours}, new double[] {peer}, "onnxruntime");
    }

    private static List<float[]> vectors(LatencyContest.Opening opening, List<long[]> sample) throws Exception {
        try (var engine = opening.open(1)) {
            var vectors = new ArrayList<float[]>();
            for (var ids : sample) {
                vectors.add(engine.vector(ids));
            }
            return vectors;
        }
    }

    private List<long[]> sample() throws IOException {
        var folder = forms.folder();
        try (InputStream in = Objects.requireNonNull(EncoderTokenizer.class.getResourceAsStream(SAMPLE), SAMPLE);
                var tokenizer = EncoderTokenizer.load(folder, ConfigReader.read(folder))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .map(line -> tokenizer.encode(line).ids())
                    .filter(ids -> ids.length <= tokenizer.maxTokens())
                    .toList();
        }
    }

    private static double cosine(List<float[]> left, List<float[]> right) {
        var sum = 0.0;
        for (int i = 0; i < left.size(); i++) {
            sum += cosine(left.get(i), right.get(i));
        }
        return sum / left.size();
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
        return dot / Math.sqrt(leftSquare * rightSquare);
    }
}
