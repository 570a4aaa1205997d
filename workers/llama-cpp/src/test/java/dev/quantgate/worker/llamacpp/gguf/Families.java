package dev.quantgate.worker.llamacpp.gguf;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The smallest sound file of each known family: one block, 8 wide, 5 tokens. */
final class Families {
    private Families() {}

    static GgufBytes file(Architecture architecture) {
        String name = architecture.name().toLowerCase(Locale.ROOT);
        GgufBytes file = new GgufBytes()
                .string("general.architecture", name)
                .uint32(name + ".block_count", 1)
                .uint32(name + ".context_length", 64)
                .uint32(name + ".embedding_length", 8)
                .uint32(name + ".feed_forward_length", 8)
                .uint32(name + ".attention.head_count", 2)
                .uint32(name + ".attention.head_count_kv", 1)
                .float32(name + ".attention.layer_norm_rms_epsilon", 1e-6f)
                .string("tokenizer.ggml.model", "gpt2")
                .strings(
                        "tokenizer.ggml.tokens",
                        IntStream.range(0, 5).mapToObj(i -> "t" + i).toList())
                .strings("tokenizer.ggml.merges", List.of("t 1"));
        file.zeros("token_embd.weight", GgmlType.F32, 8, 5).zeros("output_norm.weight", GgmlType.F32, 8);
        file.zeros("blk.0.attn_norm.weight", GgmlType.F32, 8).zeros("blk.0.ffn_norm.weight", GgmlType.F32, 8);
        file.zeros("blk.0.attn_q.weight", GgmlType.F32, 8, 8)
                .zeros("blk.0.attn_k.weight", GgmlType.F32, 8, 4)
                .zeros("blk.0.attn_v.weight", GgmlType.F32, 8, 4)
                .zeros("blk.0.attn_output.weight", GgmlType.F32, 8, 8);
        blockParts(file, architecture.block());
        return file;
    }

    static GgufBytes withExperts() {
        return Verification.soundFile()
                .uint32("llama.expert_count", 4)
                .uint32("llama.expert_used_count", 2)
                .remove("blk.0.ffn_gate.weight")
                .remove("blk.0.ffn_up.weight")
                .remove("blk.0.ffn_down.weight")
                .zeros("blk.0.ffn_gate_inp.weight", GgmlType.F32, 8, 4)
                .zeros("blk.0.ffn_gate_exps.weight", GgmlType.F32, 8, 8, 4)
                .zeros("blk.0.ffn_up_exps.weight", GgmlType.F32, 8, 8, 4)
                .zeros("blk.0.ffn_down_exps.weight", GgmlType.F32, 8, 8, 4);
    }

    private static void blockParts(GgufBytes file, Architecture.Block block) {
        boolean fused = block == Architecture.Block.FUSED_GATE;
        file.zeros("blk.0.ffn_up.weight", GgmlType.F32, 8, fused ? 16 : 8);
        file.zeros("blk.0.ffn_down.weight", GgmlType.F32, 8, 8);
        if (!fused) {
            file.zeros("blk.0.ffn_gate.weight", GgmlType.F32, 8, 8);
        }
        if (block.hasQueryKeyNorm()) {
            file.zeros("blk.0.attn_q_norm.weight", GgmlType.F32, 4).zeros("blk.0.attn_k_norm.weight", GgmlType.F32, 4);
        }
        if (block.hasPostNorm()) {
            file.zeros("blk.0.post_attention_norm.weight", GgmlType.F32, 8)
                    .zeros("blk.0.post_ffw_norm.weight", GgmlType.F32, 8);
        }
    }
}
