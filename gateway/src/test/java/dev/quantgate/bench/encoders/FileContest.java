package dev.quantgate.bench.encoders;

import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Metric;
import dev.quantgate.bench.Rounds;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Size of the weight files beside the fp32 one. */
record FileContest(EncoderForms forms) implements Contest {
    private static final Metric SIZE = Metric.lower("file", "MiB");
    private static final double BYTES_PER_MIB = 1 << 20;

    @Override
    public String name() {
        return "file";
    }

    @Override
    public List<CaseResult> run(Rounds rounds) throws IOException {
        var cases = new ArrayList<CaseResult>();
        for (var mode : EncoderForms.REDUCED) {
            cases.add(CaseResult.of(
                    "file_" + mode + "_vs_fp32",
                    SIZE,
                    new double[] {mebibytes(mode)},
                    new double[] {mebibytes("fp32")},
                    "fp32"));
        }
        return cases;
    }

    private double mebibytes(String mode) throws IOException {
        return Files.size(forms.form(mode).resolve("model.safetensors")) / BYTES_PER_MIB;
    }
}
