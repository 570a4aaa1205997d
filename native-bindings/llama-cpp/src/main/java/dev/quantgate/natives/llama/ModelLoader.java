package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_LOAD_MODE_MLOCK;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_LOAD_MODE_MMAP;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_LOAD_MODE_MMAP_MLOCK;
import static dev.quantgate.natives.llama.bindings.global.llama.LLAMA_LOAD_MODE_NONE;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_default_params;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_load_from_file;

import dev.quantgate.natives.llama.bindings.llama_model;
import dev.quantgate.natives.llama.bindings.llama_model_params;
import dev.quantgate.natives.llama.bindings.llama_progress_callback;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** One load of a model: options in, progress out, and a reason when it fails. */
final class ModelLoader {
    // A C callback has no state of its own; llama.cpp calls it on the thread that loads.
    private static final ThreadLocal<@Nullable ModelLoader> CURRENT = new ThreadLocal<>();
    private static final llama_progress_callback CALLBACK = new Callback();

    private final LoadProgress progress;
    private boolean stopped;
    private @Nullable RuntimeException failure;

    private ModelLoader(LoadProgress progress) {
        this.progress = progress;
    }

    static llama_model load(Path file, ModelOptions options, LoadProgress progress) {
        ModelLoader loader = new ModelLoader(progress);
        CURRENT.set(loader);
        NativeLog.beginCapture();
        llama_model model = null;
        String log = "";
        try (llama_model_params params = toParams(options)) {
            model = llama_model_load_from_file(file.toString(), params);
        } catch (RuntimeException e) {
            throw NativeErrors.translate(e);
        } finally {
            log = NativeLog.endCapture();
            CURRENT.remove();
        }
        if (model != null) {
            return model;
        }
        if (loader.failure != null) {
            throw loader.failure;
        }
        if (loader.stopped) {
            throw new CancellationException("the load was cancelled");
        }
        throw new LlamaException("llama.cpp cannot load the model: " + log);
    }

    private static llama_model_params toParams(ModelOptions options) {
        int mode = options.mmap()
                ? (options.mlock() ? LLAMA_LOAD_MODE_MMAP_MLOCK : LLAMA_LOAD_MODE_MMAP)
                : (options.mlock() ? LLAMA_LOAD_MODE_MLOCK : LLAMA_LOAD_MODE_NONE);
        return llama_model_default_params()
                .load_mode(mode)
                .use_extra_bufts(options.extraBuffers())
                .check_tensors(options.checkTensors())
                .vocab_only(options.vocabularyOnly())
                .progress_callback(CALLBACK);
    }

    private boolean report(float fraction) {
        if (stopped) {
            return false;
        }
        try {
            stopped = !progress.onProgress(fraction);
        } catch (RuntimeException e) {
            // Kept for the caller: it must not travel through C++.
            failure = e;
            stopped = true;
        }
        return !stopped;
    }

    private static final class Callback extends llama_progress_callback {
        @Override
        public boolean call(float fraction, Pointer userData) {
            ModelLoader loader = CURRENT.get();
            return loader == null || loader.report(fraction);
        }
    }
}
