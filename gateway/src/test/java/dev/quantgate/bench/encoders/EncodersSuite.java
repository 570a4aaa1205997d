package dev.quantgate.bench.encoders;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Machine;
import dev.quantgate.bench.Suite;
import dev.quantgate.bench.encoders.LatencyContest.Form;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Transformer encoders: our worker's forward pass beside onnxruntime and Python's torch on the same weights. */
public final class EncodersSuite implements Suite {
    private final Bench bench;

    private EncodersSuite(Bench bench) {
        this.bench = bench;
    }

    /** Takes the models of {@link Bench#encoders()}; engines start with their contests. */
    public static EncodersSuite open(Bench bench) {
        return new EncodersSuite(bench);
    }

    @Override
    public List<Contest> contests() throws java.io.IOException {
        var contests = new ArrayList<Contest>();
        var miniLm = model("all-minilm-l6-v2");
        contests.addAll(onnxruntime("minilm", "", miniLm));
        contests.addAll(onnxruntime("bge", "_bge_small", model("bge-small-en-v1.5")));
        contests.addAll(torch("distilbert", "", model("random-distilbert")));
        contests.addAll(torch("roberta", "_roberta_base", model("random-roberta")));
        contests.add(new ThroughputContest(bench, miniLm.form("dynamic_int8")));
        contests.add(new FileContest(miniLm));
        contests.add(new CosineContest(bench, miniLm));
        return contests;
    }

    private EncoderForms model(String name) {
        return new EncoderForms(bench, bench.encoders().resolve(name));
    }

    private List<Contest> onnxruntime(String name, String suffix, EncoderForms forms) {
        return byThreads(
                "onnxruntime_" + name,
                "onnxruntime",
                suffix,
                List.of(
                        new Form("dynamic_int8", forms.ours("dynamic_int8"), forms.onnx(EncoderForms.ONNX_INT8)),
                        new Form("fp32", forms.ours("fp32"), forms.onnx(EncoderForms.ONNX_FP32)),
                        new Form("bf16", forms.ours("bf16"), forms.onnx(EncoderForms.ONNX_FP32))));
    }

    /** Nothing without a Python that has torch: scripts/bench has said why. */
    private List<Contest> torch(String name, String suffix, EncoderForms forms) {
        var python = bench.encoders().resolve("venv/bin/python");
        return Files.isExecutable(python) ? torch(name, suffix, forms, python) : List.of();
    }

    private List<Contest> torch(String name, String suffix, EncoderForms forms, Path python) {
        return byThreads(
                "torch_" + name,
                "torch",
                suffix,
                List.of(
                        new Form("dynamic_int8", forms.ours("dynamic_int8"), forms.python(python, "int8")),
                        new Form("fp32", forms.ours("fp32"), forms.python(python, "fp32"))));
    }

    private List<Contest> byThreads(String name, String peer, String suffix, List<Form> forms) {
        var contests = new ArrayList<Contest>();
        for (int threads = 1; threads <= Math.min(2, Machine.cores()); threads++) {
            contests.add(new LatencyContest(name + "_t" + threads, peer, suffix, forms, threads, bench));
        }
        return contests;
    }

    @Override
    public void close() {
        // Engines belong to their contests.
    }
}
