package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.FusedEncoder;
import dev.quantgate.natives.torch.LayerNorm;
import dev.quantgate.natives.torch.TensorArena;
import dev.quantgate.natives.torch.TorchOps;
import dev.quantgate.natives.torch.TorchScope;
import dev.quantgate.natives.torch.TorchTensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The first stage of an encoder: words, positions and token types, added and normalised. */
final class Embeddings {

    private final EncoderConfig config;
    private final EmbeddingTable words;
    private final TorchTensor positions;
    private final @Nullable TorchTensor typeDifferences;
    private final LayerNorm norm;

    private Embeddings(
            EncoderConfig config,
            EmbeddingTable words,
            TorchTensor positions,
            @Nullable TorchTensor typeDifferences,
            LayerNorm norm) {
        this.config = config;
        this.words = words;
        this.positions = positions;
        this.typeDifferences = typeDifferences;
        this.norm = norm;
    }

    static Embeddings load(EncoderConfig config, ModelWeights weights, TensorNames names, TensorArena arena) {
        int hidden = config.hiddenSize();
        EmbeddingTable words = weights.embedding(names.embedding("word_embeddings"), config.vocabularySize(), hidden);
        LayerNorm norm = weights.layerNorm(names.embedding("LayerNorm"), hidden, config.layerNormEpsilon());
        String positionName = names.embedding("position_embeddings") + ".weight";
        String typeName = names.embedding("token_type_embeddings") + ".weight";
        return TorchScope.call(() -> {
            TorchTensor positions = TorchOps.copy(weights.tensor(positionName, config.positions(), hidden));
            if (config.tokenTypes() == 0) {
                return new Embeddings(config, words, arena.keep(positions), null, norm);
            }
            // Almost every token has type 0, so its row is added to all positions once, and other types are kept as
            // their difference to it.
            TorchTensor types = weights.tensor(typeName, config.tokenTypes(), hidden);
            TorchTensor zero = TorchOps.narrow(types, 0, 0, 1);
            TorchTensor differences = TorchOps.subtract(types, zero);
            return new Embeddings(
                    config,
                    words,
                    arena.keep(TorchOps.addInPlace(positions, zero)),
                    config.tokenTypes() > 1 ? arena.keep(differences) : null,
                    norm);
        });
    }

    /** States {@code [batch, tokens, hidden]}. */
    TorchTensor apply(TokenBatch batch) {
        long tokens = batch.tokens();
        long[] ids = batch.ids();
        requireKnown("token id", ids, config.vocabularySize());
        TorchTensor states = words.lookup(TorchTensor.ofLongs(ids, batch.size(), tokens));
        TorchOps.addInPlace(states, positionRows(batch, ids));
        // A family without token types, or with one, ignores what its tokenizer says of them.
        long @Nullable [] types = batch.types();
        if (types != null) {
            if (typeDifferences != null) {
                requireKnown("token type", types, config.tokenTypes());
                TorchTensor typeIds = TorchTensor.ofLongs(types, batch.size(), tokens);
                TorchOps.addInPlace(states, TorchOps.embedding(typeDifferences, typeIds));
            }
        }
        return norm.apply(states);
    }

    private TorchTensor positionRows(TokenBatch batch, long[] ids) {
        int tokens = batch.tokens();
        Positions rows = new Positions(config);
        rows.requireRoom(tokens);
        if (config.family().positionsFollowPadding() && (batch.isPadded() || hasPaddingInside(batch))) {
            int[] lengths = new int[batch.size()];
            Arrays.fill(lengths, tokens);
            long[] places =
                    Arrays.stream(rows.rows(ids, lengths)).asLongStream().toArray();
            return TorchOps.embedding(positions, TorchTensor.ofLongs(places, batch.size(), tokens));
        }
        return TorchOps.narrow(positions, 0, config.firstPosition(), tokens);
    }

    /** Whether a text itself contains the padding token; positions then pause at it. */
    private boolean hasPaddingInside(TokenBatch batch) {
        for (TokenInput input : batch.inputs()) {
            for (long id : input.ids()) {
                if (id == config.paddingId()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Gives the tables to an encoder that computes this stage itself. */
    void setInto(FusedEncoder encoder) {
        TorchTensor table;
        TorchTensor scales = null;
        if (words instanceof EmbeddingTable.Int8 int8) {
            table = int8.codes();
            scales = int8.scales();
        } else {
            table = ((EmbeddingTable.Dense) words).table();
        }
        encoder.setEmbeddings(table, scales, positions, typeDifferences, norm.weight(), norm.bias());
    }

    static void requireKnown(String what, long[] ids, int limit) {
        for (long id : ids) {
            if (id < 0 || id >= limit) {
                throw new IllegalArgumentException(what + ": " + id + " (expected: 0 to " + (limit - 1) + ")");
            }
        }
    }
}
