package dev.quantgate.worker.llamacpp.gguf;

/** Checks that a model of a known family has every tensor it needs, in the shape that follows from its dimensions. */
final class ModelTensors {
    private final Architecture architecture;
    private final HyperParameters parameters;
    private final TensorShapes shapes;
    private final long embedding;

    ModelTensors(Architecture architecture, HyperParameters parameters, TensorShapes shapes) {
        this.architecture = architecture;
        this.parameters = parameters;
        this.shapes = shapes;
        this.embedding = parameters.embeddingLength();
    }

    void check(long vocabularyTokens) throws GgufFormatException {
        requireHeads();
        shapes.requireMatrix("token_embd.weight", embedding, vocabularyTokens);
        shapes.requireVector("output_norm.weight", embedding);
        // Without it the model uses its token embedding twice.
        shapes.checkMatrix("output.weight", embedding, vocabularyTokens);
        shapes.checkVector("output.bias", vocabularyTokens);
        shapes.checkVector("rope_freqs.weight", parameters.ropeDimensions() / 2L);
        for (int i = 0; i < parameters.blockCount() - parameters.predictionBlockCount(); i++) {
            attention("blk." + i + ".", i);
            norms("blk." + i + ".");
            feedForward("blk." + i + ".", i);
        }
    }

    /** Each of these would be an assertion in the compute graph. */
    private void requireHeads() throws GgufFormatException {
        String prefix = parameters.architecture() + ".";
        int key = parameters.keyLength();
        int rope = parameters.ropeDimensions();
        boolean whole = architecture.rotation() == Architecture.Rotation.WHOLE_HEAD;
        if (rope % 2 != 0 || rope < 2 || rope > key || (whole && rope != key)) {
            throw new GgufFormatException(
                    prefix + "rope.dimension_count",
                    rope,
                    (whole ? "" : "an even number from 2 to ") + key + ", the length of a key");
        }
        if (whole && parameters.valueLength() != key) {
            throw new GgufFormatException(
                    prefix + "attention.value_length", parameters.valueLength(), key + ", the length of a key");
        }
        if (parameters.expertCount() > 0 && !architecture.mayHaveExperts()) {
            throw new GgufFormatException(prefix + "expert_count", parameters.expertCount(), "0 for this family");
        }
    }

    private void attention(String block, int index) throws GgufFormatException {
        long heads = (long) parameters.keyLength() * parameters.headCounts().get(index);
        long query = architecture.query() == Architecture.Query.EMBEDDING ? embedding : heads;
        long headsKv = parameters.headCountsKv().get(index);
        long keys = parameters.keyLength() * headsKv;
        long values = parameters.valueLength() * headsKv;
        if (shapes.has(block + "attn_qkv.weight")) {
            shapes.checkMatrix(block + "attn_qkv.weight", embedding, query + keys + values);
            shapes.checkVector(block + "attn_qkv.bias", query + keys + values);
        } else {
            shapes.requireMatrix(block + "attn_q.weight", embedding, query);
            shapes.requireMatrix(block + "attn_k.weight", embedding, keys);
            shapes.requireMatrix(block + "attn_v.weight", embedding, values);
        }
        shapes.checkVector(block + "attn_q.bias", query);
        shapes.checkVector(block + "attn_k.bias", keys);
        shapes.checkVector(block + "attn_v.bias", values);
        shapes.requireMatrix(block + "attn_output.weight", query, embedding);
        shapes.checkVector(block + "attn_output.bias", embedding);
    }

    private void norms(String block) throws GgufFormatException {
        shapes.requireVector(block + "attn_norm.weight", embedding);
        shapes.requireVector(block + "ffn_norm.weight", embedding);
        if (architecture.block().hasQueryKeyNorm()) {
            shapes.requireVector(block + "attn_q_norm.weight", (long) parameters.keyLength());
            shapes.requireVector(block + "attn_k_norm.weight", (long) parameters.keyLength());
        }
        if (architecture.block().hasPostNorm()) {
            shapes.requireVector(block + "post_attention_norm.weight", embedding);
            shapes.requireVector(block + "post_ffw_norm.weight", embedding);
        }
    }

    private void feedForward(String block, int index) throws GgufFormatException {
        long inner = parameters.feedForwardLengths().get(index);
        long experts = parameters.expertCount();
        if (experts > 0) {
            shapes.requireMatrix(block + "ffn_gate_inp.weight", embedding, experts);
            shapes.checkMatrix(block + "ffn_gate_exps.weight", embedding, inner, experts);
            shapes.requireMatrix(block + "ffn_down_exps.weight", inner, embedding, experts);
            shapes.requireMatrix(block + "ffn_up_exps.weight", embedding, inner, experts);
            return;
        }
        boolean fused = architecture.block() == Architecture.Block.FUSED_GATE;
        shapes.requireMatrix(block + "ffn_up.weight", embedding, fused ? 2 * inner : inner);
        shapes.requireMatrix(block + "ffn_down.weight", inner, embedding);
        if (!fused) {
            shapes.requireMatrix(block + "ffn_gate.weight", embedding, inner);
        }
        shapes.checkVector(block + "ffn_gate.bias", inner);
        shapes.checkVector(block + "ffn_up.bias", inner);
        shapes.checkVector(block + "ffn_down.bias", embedding);
    }
}
