package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_chat_template;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_free;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_packed_bytes;

import dev.quantgate.natives.llama.bindings.llama_model;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;

/** A model in memory: its weights, its vocabulary and what its file says about it. Safe for any number of threads. */
public final class LlamaModel implements AutoCloseable {
    private final SharedHandle<llama_model> handle;
    private final FileGuard file;
    private final ModelProperties properties;
    private final Map<String, String> metadata;
    private final Vocabulary vocabulary;

    private LlamaModel(llama_model model, FileGuard file, boolean vocabularyOnly) {
        this.file = file;
        handle = new SharedHandle<>("model", model, pointer -> {
            llama_model_free(pointer);
            file.close();
        });
        properties = ModelProperties.read(model, vocabularyOnly);
        metadata = ModelMetadata.read(model);
        vocabulary = new Vocabulary(handle, model);
    }

    /**
     * Opens a GGUF file that has been verified.
     *
     * @throws LlamaException when llama.cpp refuses the file
     * @throws java.util.concurrent.CancellationException when the listener said so
     */
    public static LlamaModel open(Path file, ModelOptions options, LoadProgress progress) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(progress, "progress");
        LlamaCpp.load();
        FileGuard guard = FileGuard.of(file);
        try {
            long packedBefore = qg_packed_bytes();
            llama_model model = ModelLoader.load(file, options, progress);
            try {
                guard.requireWhole();
                // Weights that were repacked are in memory twice as long as the file's pages are.
                if (options.mmap()
                        && !options.mlock()
                        && qg_packed_bytes() - packedBefore > file.toFile().length() / 2) {
                    guard.dropPages();
                }
                return new LlamaModel(model, guard, options.vocabularyOnly());
            } catch (RuntimeException e) {
                llama_model_free(model);
                throw NativeErrors.translate(e);
            }
        } catch (RuntimeException e) {
            guard.close();
            throw e;
        }
    }

    /** Returns the numbers that describe the model. */
    public ModelProperties properties() {
        return properties;
    }

    /** Returns the scalar metadata of the file as text, in file order; arrays are left out. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** Returns the vocabulary; it lives as long as the model. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Returns the chat template (Jinja) of the file, if it has one. */
    public Optional<String> chatTemplate() {
        return use(model -> {
            BytePointer template = llama_model_chat_template(model, (BytePointer) null);
            return template == null ? Optional.empty() : Optional.of(template.getString(StandardCharsets.UTF_8));
        });
    }

    /** Frees the memory as soon as the last context or call is done with it. */
    @Override
    public void close() {
        handle.close();
    }

    /** Throws when its file has shrunk, so that what was computed with it is worth nothing. */
    void requireWholeFile() {
        file.requireWhole();
    }

    SharedHandle<llama_model> handle() {
        return handle;
    }

    <T> T use(Function<llama_model, T> call) {
        llama_model model = handle.acquire();
        try {
            return call.apply(model);
        } catch (RuntimeException e) {
            throw NativeErrors.translate(e);
        } finally {
            handle.release();
        }
    }
}
