package dev.quantgate.worker.llamacpp.schedule;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The LoRA adapters that a sequence is computed with. Keys and values depend on them, so sequences with different sets
 * neither share a prefix nor a step: llama.cpp knows one set for each context.
 *
 * @param adapters ordered by digest, none with scale 0
 */
public record AdapterSet(List<Scaled> adapters) {
    /** The model as it is. */
    public static final AdapterSet NONE = new AdapterSet(List.of());

    /** One adapter: SHA-256 of its file, and how strongly it counts. */
    public record Scaled(String sha256, float scale) {}

    public AdapterSet {
        adapters = List.copyOf(adapters);
    }

    /** One text for each set; {@code none} for the model as it is. */
    public String key() {
        return adapters.isEmpty()
                ? "none"
                : adapters.stream()
                        .map(adapter -> adapter.sha256() + "*" + adapter.scale())
                        .collect(Collectors.joining("+"));
    }
}
