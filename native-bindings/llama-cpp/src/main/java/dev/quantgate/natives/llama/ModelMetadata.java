package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_meta_count;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_meta_key_by_index;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_model_meta_val_str_by_index;

import dev.quantgate.natives.llama.bindings.llama_model;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Copies the scalar metadata of a model's file into a map. */
final class ModelMetadata {
    private static final int FIRST_GUESS_BYTES = 256;

    @FunctionalInterface
    private interface Getter {
        int get(llama_model model, int index, byte[] buffer, long size);
    }

    private ModelMetadata() {}

    static Map<String, String> read(llama_model model) {
        Map<String, String> map = new LinkedHashMap<>();
        int count = llama_model_meta_count(model);
        for (int i = 0; i < count; i++) {
            map.put(
                    text(model, i, (m, index, buffer, size) -> llama_model_meta_key_by_index(m, index, buffer, size)),
                    text(
                            model,
                            i,
                            (m, index, buffer, size) -> llama_model_meta_val_str_by_index(m, index, buffer, size)));
        }
        return Collections.unmodifiableMap(map);
    }

    private static String text(llama_model model, int index, Getter getter) {
        byte[] buffer = new byte[FIRST_GUESS_BYTES];
        int length = getter.get(model, index, buffer, buffer.length);
        if (length >= buffer.length) {
            buffer = new byte[length + 1];
            length = getter.get(model, index, buffer, buffer.length);
        }
        return new String(Arrays.copyOf(buffer, Math.max(0, length)), StandardCharsets.UTF_8);
    }
}
