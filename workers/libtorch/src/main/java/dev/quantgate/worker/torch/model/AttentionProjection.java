package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.LinearLayer;
import dev.quantgate.natives.torch.TorchOps;
import dev.quantgate.natives.torch.TorchTensor;
import org.jspecify.annotations.Nullable;

/** Queries, keys and values of a layer, and the attention over them. */
sealed interface AttentionProjection {

    /** Attends over {@code [batch, tokens, hidden]}. */
    TorchTensor attend(TorchTensor states, int heads, @Nullable TorchTensor mask, boolean firstTokenOnly);

    /** One matrix product for all three: the quantised form, whose weights are copied by packing anyway. */
    record Fused(LinearLayer projection) implements AttentionProjection {
        @Override
        public TorchTensor attend(TorchTensor states, int heads, @Nullable TorchTensor mask, boolean firstTokenOnly) {
            return TorchOps.selfAttention(projection.apply(states), heads, mask, firstTokenOnly);
        }
    }

    /** Three products over weights that stay mapped. */
    record Separate(LinearLayer query, LinearLayer key, LinearLayer value) implements AttentionProjection {
        @Override
        public TorchTensor attend(TorchTensor states, int heads, @Nullable TorchTensor mask, boolean firstTokenOnly) {
            return TorchOps.attention(
                    query.apply(states), key.apply(states), value.apply(states), heads, mask, firstTokenOnly);
        }
    }
}
