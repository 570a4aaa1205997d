package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.DType;
import dev.quantgate.natives.torch.TensorArena;
import dev.quantgate.natives.torch.TorchOps;
import dev.quantgate.natives.torch.TorchTensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Layers made of the library's operators, in any precision.
 *
 * @param exactOrder whether every product is computed as the original computes it, and none is left out
 */
record OperatorBody(Embeddings embeddings, List<EncoderLayer> layers, DType computeType, boolean exactOrder)
        implements EncoderBody {

    static OperatorBody load(EncoderConfig config, ModelWeights weights, TensorNames names, TensorArena arena) {
        Embeddings embeddings = Embeddings.load(config, weights, names, arena);
        List<EncoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(EncoderLayer.load(config, weights, names, i));
        }
        return new OperatorBody(embeddings, List.copyOf(layers), weights.computeType(), weights.isParity());
    }

    @Override
    public TorchTensor states(TokenBatch batch) {
        return states(batch, false);
    }

    @Override
    public TorchTensor firstStates(TokenBatch batch) {
        return TorchOps.token(states(batch, !exactOrder), 0);
    }

    @Override
    public TorchTensor meanStates(TokenBatch batch) {
        TorchTensor counting = TorchTensor.ofFloats(batch.countingMask(), batch.size(), batch.tokens());
        return TorchOps.maskedMean(TorchOps.convert(states(batch, false), DType.FLOAT32), counting);
    }

    private TorchTensor states(TokenBatch batch, boolean firstTokenOnly) {
        TorchTensor mask = mask(batch);
        TorchTensor states = embeddings.apply(batch);
        for (int i = 0; i < layers.size(); i++) {
            states = layers.get(i).apply(states, mask, firstTokenOnly && i == layers.size() - 1);
        }
        return states;
    }

    private @Nullable TorchTensor mask(TokenBatch batch) {
        if (!batch.isPadded()) {
            return null;
        }
        TorchTensor mask = TorchTensor.ofFloats(batch.additiveMask(), batch.size(), 1, 1, batch.tokens());
        return computeType == DType.FLOAT32 ? mask : TorchOps.convert(mask, computeType);
    }
}
