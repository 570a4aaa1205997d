package dev.quantgate.worker.api;

/**
 * Names a LoRA adapter of a model.
 *
 * @param model name of the model it was made for
 * @param adapter name of the adapter
 */
public record AdapterRef(String model, String adapter) {

    public AdapterRef {
        Names.requireModel(model, "model");
        Names.requireVariant(adapter, "adapter");
    }
}
