package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_quantize_default_params;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_quantize;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_quantize_plan;

import dev.quantgate.natives.llama.bindings.llama_model_quantize_params;
import dev.quantgate.natives.llama.bindings.qg_quantize_listener;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** One call of the native quantiser with its listener. The library must be loaded before this class is touched. */
final class QuantizeRun {
    /**
     * How the call ended.
     *
     * @param code a {@code qg_quantize_result}
     * @param log llama.cpp's warnings and errors
     */
    record Result(int code, String log) {}

    // A C callback has no state of its own; native code calls it on the thread that quantises.
    private static final ThreadLocal<@Nullable QuantizeRun> CURRENT = new ThreadLocal<>();
    private static final qg_quantize_listener CALLBACK = new Callback();

    private final QuantizeOptions options;
    private final QuantizeListener listener;
    private final CancelFlag cancel;
    private @Nullable RuntimeException failure;

    QuantizeRun(QuantizeOptions options, QuantizeListener listener, CancelFlag cancel) {
        this.options = options;
        this.listener = listener;
        this.cancel = cancel;
    }

    /** Tells the listener what would be made. */
    Result plan(Path source) {
        return run(source, params -> qg_quantize_plan(source.toString(), params, CALLBACK));
    }

    /** Makes what was planned. */
    Result quantize(Path source, Path target, List<QuantizedTensor> plan) {
        String lines = plan.stream()
                .map(tensor -> tensor.to().nativeId() + " " + tensor.name() + "\n")
                .collect(Collectors.joining());
        return run(
                source,
                params -> qg_quantize(source.toString(), target.toString(), params, lines, CALLBACK, cancel.address()));
    }

    private Result run(Path source, ToIntFunction<llama_model_quantize_params> call) {
        CURRENT.set(this);
        NativeLog.beginCapture();
        int code;
        String log;
        try (NativeImportanceMatrix matrix = new NativeImportanceMatrix(options.importanceMatrix());
                llama_model_quantize_params params = toParams(matrix);
                FileGuard guard = FileGuard.of(source)) {
            code = call.applyAsInt(params);
            guard.requireWhole();
        } catch (RuntimeException e) {
            throw NativeErrors.translate(e);
        } finally {
            log = NativeLog.endCapture();
            CURRENT.remove();
            Reference.reachabilityFence(cancel);
        }
        if (failure != null) {
            throw failure;
        }
        return new Result(code, log);
    }

    private llama_model_quantize_params toParams(NativeImportanceMatrix matrix) {
        llama_model_quantize_params params = llama_model_quantize_default_params()
                .ftype(options.type().nativeId())
                .nthread(options.threads())
                .allow_requantize(options.allowRequantize())
                .pure(options.pure())
                .imatrix(matrix.pointer());
        TensorType output = options.outputTensorType();
        if (output != null) {
            params.output_tensor_type(output.nativeId());
        }
        TensorType embedding = options.tokenEmbeddingType();
        if (embedding != null) {
            params.token_embedding_type(embedding.nativeId());
        }
        return params;
    }

    private boolean report(QuantizedTensor tensor) {
        try {
            listener.onTensor(tensor);
            return true;
        } catch (RuntimeException e) {
            // Kept for the caller: it must not travel through C++.
            failure = e;
            return false;
        }
    }

    private static TensorType type(BytePointer name) {
        String text = name.getString(StandardCharsets.UTF_8);
        return TensorType.byName(text)
                .orElseThrow(() -> new LlamaException("llama.cpp reports an unknown tensor type " + text));
    }

    private static final class Callback extends qg_quantize_listener {
        @Override
        public boolean call(
                int index,
                int count,
                BytePointer name,
                BytePointer fromType,
                BytePointer toType,
                long fromBytes,
                long toBytes) {
            QuantizeRun run = CURRENT.get();
            return run == null
                    || run.report(new QuantizedTensor(
                            index,
                            count,
                            name.getString(StandardCharsets.UTF_8),
                            type(fromType),
                            type(toType),
                            fromBytes,
                            toBytes));
        }
    }
}
