package dev.quantgate.worker.api;

import java.util.Objects;
import java.util.Optional;

/**
 * Names a model and, if the caller cares, one of its variants.
 *
 * @param model name of the model
 * @param variant name of the variant; empty takes the model's default variant
 */
public record ModelRef(String model, Optional<String> variant) {

    public ModelRef {
        Names.requireModel(model, "model");
        Objects.requireNonNull(variant, "variant");
        variant.ifPresent(name -> Names.requireVariant(name, "variant"));
    }

    public static ModelRef of(String model) {
        return new ModelRef(model, Optional.empty());
    }

    public static ModelRef of(String model, String variant) {
        return new ModelRef(model, Optional.of(variant));
    }

    @Override
    public String toString() {
        return variant.map(name -> model + ":" + name).orElse(model);
    }
}
