package dev.quantgate.bench.encoders;

import dev.quantgate.bench.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One model in the precisions that are compared.
 *
 * @param folder the model in fp32, in the Hugging Face layout
 */
record EncoderForms(Bench bench, Path folder) {
    static final String ONNX_FP32 = "onnx/model.onnx";
    static final String ONNX_INT8 = "onnx/model_quantized.onnx";
    static final List<String> REDUCED = List.of("bf16", "dynamic_int8", "dynamic_int8_embed8", "dynamic_int8_parity");

    /** Folder of a form, which is made if it is not there. */
    Path form(String mode) throws IOException {
        if (mode.equals("fp32")) {
            return folder;
        }
        var target = bench.out().resolve("encoders").resolve(folder.getFileName() + "-" + mode);
        if (!Files.exists(target.resolve("model.safetensors"))) {
            Quantize.inOwnProcess(folder, target, mode, bench.log("encoder-quantize"));
        }
        return target;
    }

    /** Opens a form in our engine. */
    LatencyContest.Opening ours(String mode) {
        return threads -> EngineProcess.java("torch", form(mode), threads, bench.log("encoder-" + mode));
    }

    /** Opens a graph of the model's folder in onnxruntime. */
    LatencyContest.Opening onnx(String file) {
        return threads ->
                EngineProcess.java("onnxruntime", folder.resolve(file), threads, bench.log("encoder-onnxruntime"));
    }

    /** Opens the model in Python's torch; {@code mode} is fp32 or int8. */
    LatencyContest.Opening python(Path python, String mode) {
        return threads -> EngineProcess.start(
                List.of(
                        python.toString(),
                        bench.root()
                                .resolve("workers/libtorch/src/test/python/bench_torch.py")
                                .toString(),
                        folder.toString(),
                        "--serve",
                        mode,
                        "--threads",
                        String.valueOf(threads)),
                bench.log("encoder-python"));
    }
}
