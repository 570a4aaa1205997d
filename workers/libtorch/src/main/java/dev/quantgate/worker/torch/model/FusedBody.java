package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.FusedEncoder;
import dev.quantgate.natives.torch.FusedEncoder.Matrix;
import dev.quantgate.natives.torch.FusedEncoder.Norm;
import dev.quantgate.natives.torch.FusedEncoder.Output;
import dev.quantgate.natives.torch.TensorArena;
import dev.quantgate.natives.torch.TorchRuntime;
import dev.quantgate.natives.torch.TorchScope;
import dev.quantgate.natives.torch.TorchTensor;

/** Int8 layers computed in one native call; inputs of a batch are not padded. */
record FusedBody(EncoderConfig config, FusedEncoder encoder) implements EncoderBody {

    /** Whether these weights can be computed so on this machine. */
    static boolean fits(EncoderConfig config, ModelWeights weights, TensorNames names) {
        return Math.max(config.hiddenSize(), config.intermediateSize()) <= FusedEncoder.MAX_COLUMNS
                && weights.isFused()
                && weights.isQuantized(names.query(0));
    }

    static FusedBody load(EncoderConfig config, ModelWeights weights, TensorNames names, TensorArena arena) {
        int hidden = config.hiddenSize();
        int wide = config.intermediateSize();
        FusedEncoder encoder = TorchScope.call(() -> FusedEncoder.create(
                arena,
                new FusedEncoder.Shape(
                        hidden,
                        config.heads(),
                        wide,
                        config.layers(),
                        Activation.of(config.activation()).function(),
                        config.layerNormEpsilon()),
                TorchRuntime.running().info().threads()));
        Embeddings.load(config, weights, names, arena).setInto(encoder);
        for (int i = 0; i < config.layers(); i++) {
            int layer = i;
            TorchScope.run(() -> {
                var projection =
                        weights.matrix(hidden, hidden, names.query(layer), names.key(layer), names.value(layer));
                projection.setInto(encoder, layer, Matrix.PROJECTION);
                weights.matrix(hidden, hidden, names.attentionOutput(layer))
                        .setInto(encoder, layer, Matrix.ATTENTION_OUTPUT);
                weights.matrix(wide, hidden, names.expand(layer)).setInto(encoder, layer, Matrix.EXPAND);
                weights.matrix(hidden, wide, names.contract(layer)).setInto(encoder, layer, Matrix.CONTRACT);
                encoder.set(
                        layer,
                        Norm.ATTENTION,
                        weights.normWeight(names.attentionNorm(layer), hidden),
                        weights.normBias(names.attentionNorm(layer), hidden));
                encoder.set(
                        layer,
                        Norm.OUTPUT,
                        weights.normWeight(names.outputNorm(layer), hidden),
                        weights.normBias(names.outputNorm(layer), hidden));
            });
        }
        return new FusedBody(config, encoder);
    }

    @Override
    public TorchTensor states(TokenBatch batch) {
        return compute(batch, Output.STATES);
    }

    @Override
    public TorchTensor firstStates(TokenBatch batch) {
        return compute(batch, Output.FIRST);
    }

    @Override
    public TorchTensor meanStates(TokenBatch batch) {
        return compute(batch, Output.MEAN);
    }

    private TorchTensor compute(TokenBatch batch, Output output) {
        int count = batch.inputs().stream().mapToInt(TokenInput::length).sum();
        long[] ids = new long[count];
        long[] types = new long[count];
        int[] lengths = new int[batch.size()];
        boolean anyType = false;
        int next = 0;
        for (int i = 0; i < lengths.length; i++) {
            TokenInput input = batch.inputs().get(i);
            lengths[i] = input.length();
            System.arraycopy(input.ids(), 0, ids, next, lengths[i]);
            System.arraycopy(input.types(), 0, types, next, lengths[i]);
            next += lengths[i];
        }
        for (long type : types) {
            anyType |= type != 0;
        }
        Positions positions = new Positions(config);
        positions.requireRoom(batch.tokens());
        Embeddings.requireKnown("token id", ids, config.vocabularySize());
        boolean typed = anyType && config.tokenTypes() > 1;
        if (typed) {
            Embeddings.requireKnown("token type", types, config.tokenTypes());
        }
        return encoder.apply(
                new FusedEncoder.Input(ids, positions.rows(ids, lengths), typed ? types : null, lengths), output);
    }
}
