package dev.quantgate.worker.api.inference;

import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.WorkerFailure;

/**
 * A LoRA adapter that a request uses.
 *
 * @param name under which it was imported for the request's model
 * @param scale how strongly it counts, -100 to 100; 0 is as without it
 */
public record AdapterUse(String name, float scale) {
    private static final float MAX_SCALE = 100;

    public AdapterUse {
        Names.requireVariant(name, "lora.name");
        // Written so that NaN fails.
        if (!(Math.abs(scale) <= MAX_SCALE)) {
            throw WorkerFailure.invalid("lora.scale", scale + " (expected: -100 to 100)")
                    .asException();
        }
    }
}
