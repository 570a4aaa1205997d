package dev.quantgate.bench.engine;

import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.LoadProgress;
import dev.quantgate.natives.llama.ModelOptions;
import dev.quantgate.natives.llama.ModelProperties;
import java.nio.file.Path;

/** The measured model in this process, for prompts and the bare loop. */
public final class EngineModel implements AutoCloseable {
    // Keys and values, two bytes each.
    private static final long KV_BYTES_PER_VALUE = 4;

    private final LlamaModel model;
    private final PromptMaker prompts;

    private EngineModel(LlamaModel model) {
        this.model = model;
        prompts = new PromptMaker(model);
    }

    /** Loads it as the gateway does. */
    public static EngineModel open(Path file) {
        return new EngineModel(LlamaModel.open(file, ModelOptions.defaults(), LoadProgress.NONE));
    }

    /** The prompts. */
    public PromptMaker prompts() {
        return prompts;
    }

    /** The model. */
    public LlamaModel model() {
        return model;
    }

    /** Size of a KV cache in f16. */
    public long kvBytes(int tokens) {
        ModelProperties sizes = model.properties();
        var headLength = sizes.embeddingLength() / sizes.heads();
        return KV_BYTES_PER_VALUE * tokens * sizes.layers() * sizes.kvHeads() * headLength;
    }

    @Override
    public void close() {
        model.close();
    }
}
