package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.QG_QUANTIZE_CANCELLED;
import static dev.quantgate.natives.llama.bindings.global.llama.QG_QUANTIZE_OK_BUT_NEEDS_IMATRIX;
import static dev.quantgate.natives.llama.bindings.global.llama.QG_QUANTIZE_REFUSED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * Quantises model files with llama.cpp's own choice of types and its own kernels: the output equals llama-quantize's byte
 * for byte.
 *
 * <p>Any number may run at once, next to contexts that decode.
 */
public final class Quantizer {
    private Quantizer() {}

    /**
     * Quantises a verified file on this thread.
     *
     * @param source read only
     * @param target written, not synced; left incomplete when this fails, so give it a temporary name
     * @param plan of the same source and options
     * @param listener hears of each tensor in order, on this thread
     * @param cancel stops it within milliseconds
     * @throws LlamaException when llama.cpp refuses, with its reason
     * @throws CancellationException when the flag was set
     */
    public static void quantize(
            Path source,
            Path target,
            QuantizeOptions options,
            QuantizePlan plan,
            QuantizeListener listener,
            CancelFlag cancel) {
        Objects.requireNonNull(target, "target");
        LlamaCpp.load();
        QuantizeRun.Result result = new QuantizeRun(options, listener, cancel).quantize(source, target, plan.tensors());
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
        QuantizeRun.Result result = new QuantizeRun(options, tensors::add, new CancelFlag()).plan(source);
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
        if (result.code() == QG_QUANTIZE_REFUSED) {
            throw new LlamaException("llama.cpp cannot quantise the model: " + result.log());
        }
    }
}
