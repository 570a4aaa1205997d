package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_adapter_lora_free;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_adapter_lora_init;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_set_adapters_lora;

import dev.quantgate.natives.llama.bindings.llama_adapter_lora;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A LoRA adapter loaded for one model; {@link LlamaContext#setAdapters} puts it to use. Take it out of every context
 * before closing it.
 */
public final class LoraAdapter implements AutoCloseable {
    private final LlamaModel model;
    private final llama_adapter_lora pointer;
    private boolean closed;

    private LoraAdapter(LlamaModel model, llama_adapter_lora pointer) {
        this.model = model;
        this.pointer = pointer;
    }

    /**
     * Loads an adapter from a verified GGUF file.
     *
     * @throws LlamaException when it does not fit the model
     */
    public static LoraAdapter load(LlamaModel model, Path file) {
        var modelPointer = model.handle().acquire();
        boolean done = false;
        String log = "";
        NativeLog.beginCapture();
        try {
            llama_adapter_lora adapter;
            try {
                adapter = llama_adapter_lora_init(modelPointer, file.toString());
            } finally {
                log = NativeLog.endCapture();
            }
            if (adapter == null) {
                throw new LlamaException("llama.cpp cannot load the adapter: " + log);
            }
            done = true;
            return new LoraAdapter(model, adapter);
        } catch (RuntimeException e) {
            throw NativeErrors.translate(e);
        } finally {
            if (!done) {
                model.handle().release();
            }
        }
    }

    /** Returns the model it was loaded for. */
    public LlamaModel model() {
        return model;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            llama_adapter_lora_free(pointer);
            model.handle().release();
        }
    }

    static void apply(LlamaContext context, List<LoraAdapter> adapters, float[] scales) {
        Checks.require(scales.length, adapters.size(), adapters.size(), "scales.length");
        for (LoraAdapter adapter : adapters) {
            if (adapter.closed) {
                throw new IllegalStateException("adapter is closed");
            }
            if (adapter.model != context.model()) {
                throw new IllegalArgumentException("adapters: one of another model (expected: the context's model)");
            }
        }
        int count = adapters.size();
        try (PointerPointer<llama_adapter_lora> pointers = new PointerPointer<>(Math.max(1, count));
                FloatPointer factors = new FloatPointer(Math.max(1, count))) {
            for (int i = 0; i < count; i++) {
                pointers.put(i, adapters.get(i).pointer);
                factors.put(i, scales[i]);
            }
            int result = context.call(() -> llama_set_adapters_lora(context.pointer(), pointers, count, factors));
            if (result != 0) {
                throw new LlamaException("llama.cpp refused the adapters: " + result);
            }
        }
    }
}
