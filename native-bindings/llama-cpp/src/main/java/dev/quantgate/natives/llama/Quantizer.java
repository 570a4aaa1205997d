package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.QG_QUANTIZE_CANCELLED;
import static dev.quantgate.natives.llama.bindings.global.llama.QG_QUANTIZE_FAILED;
import static dev.quantgate.natives.llama.bindings.global.llama.QG_QUANTIZE_OK_BUT_NEEDS_IMATRIX;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * Quantises model files with llama.cpp's own quantiser: the output equals llama-quantize's byte for byte.
 *
 * <p>Any number may run at once, next to contexts that decode.
 */
public final class Quantizer {
    private Quantizer() {}

    /**
     * Quantises a verified file on this thread.
     *
     * @param source read only
     * @param target written; left incomplete when this fails, so give it a temporary name
     * @param listener hears of each tensor
     * @param cancel stops it after the tensor it is at
     * @throws LlamaException when llama.cpp refuses, with its reason
     * @throws CancellationException when the flag was set
     */
    public static void quantize(
            Path source, Path target, QuantizeOptions options, QuantizeListener listener, CancelFlag cancel) {
        Objects.requireNonNull(target, "target");
        LlamaCpp.load();
        QuantizeRun.Result result = new QuantizeRun(options, listener, cancel).run(source, target, false);
        throwUnlessDone(result);
    }

    /**
     * Tells what {@link #quantize} would do, without reading weights or writing anything.
     *
     * @throws LlamaException when llama.cpp would refuse for another reason than a missing importance matrix
     */
    public static QuantizePlan plan(Path source, QuantizeOptions options) throws IOException {
        LlamaCpp.load();
        List<QuantizedTensor> tensors = new ArrayList<>();
        QuantizeRun.Result result =
                new QuantizeRun(options, tensors::add, new CancelFlag()).run(source, Path.of("unused"), true);
        throwUnlessDone(result);
        long fromBytes = tensors.stream().mapToLong(QuantizedTensor::fromBytes).sum();
        long toBytes = tensors.stream().mapToLong(QuantizedTensor::toBytes).sum();
        return new QuantizePlan(
                tensors, Files.size(source) - fromBytes + toBytes, result.code() == QG_QUANTIZE_OK_BUT_NEEDS_IMATRIX);
    }

    private static void throwUnlessDone(QuantizeRun.Result result) {
        if (result.code() == QG_QUANTIZE_CANCELLED) {
            throw new CancellationException("the quantisation was cancelled");
        }
        if (result.code() == QG_QUANTIZE_FAILED) {
            throw new LlamaException("llama.cpp cannot quantise the model: " + result.log());
        }
    }
}
