package dev.quantgate.worker.llamacpp.gguf;

import static dev.quantgate.worker.llamacpp.gguf.Verification.assertRefused;
import static dev.quantgate.worker.llamacpp.gguf.Verification.soundFile;
import static dev.quantgate.worker.llamacpp.gguf.Verification.verify;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelTensorsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "token_embd.weight",
                "output_norm.weight",
                "blk.0.attn_norm.weight",
                "blk.0.attn_q.weight",
                "blk.0.attn_k.weight",
                "blk.0.attn_v.weight",
                "blk.0.attn_output.weight",
                "blk.0.ffn_norm.weight",
                "blk.0.ffn_gate.weight",
                "blk.0.ffn_up.weight",
                "blk.0.ffn_down.weight"
            })
    void refusesAMissingTensor(String name) {
        assertRefused(soundFile().remove(name), name, "missing", "a tensor of this name");
    }

    @Test
    void acceptsAModelThatUsesItsEmbeddingTwice() {
        assertThatCode(() -> verify(soundFile().remove("output.weight"))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"output.weight", "blk.0.attn_k.weight", "blk.0.ffn_down.weight"})
    void refusesAnotherShape(String name) {
        assertRefused(soundFile().zeros(name, GgmlType.F32, 8, 9), name + " shape", "[8, 9]", "[8, ");
    }

    @Test
    void refusesABiasOfAnotherLength() {
        assertRefused(soundFile().zeros("blk.0.attn_k.bias", GgmlType.F32, 5), "blk.0.attn_k.bias shape", "[5]", "[4]");
    }

    @Test
    void refusesAMatrixOfIntegers() {
        assertRefused(
                soundFile().zeros("blk.0.attn_q.weight", GgmlType.I32, 8, 8),
                "blk.0.attn_q.weight type",
                "I32",
                "a floating-point or quantised type");
    }

    @Test
    void refusesAQuantizedNorm() {
        GgufBytes file = TinyGguf.llama().width(32).heads(8, 2).file();
        assertRefused(
                file.zeros("blk.1.ffn_norm.weight", GgmlType.Q8_0, 32),
                "blk.1.ffn_norm.weight type",
                "Q8_0",
                "F32, F16 or BF16");
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void acceptsEachFamily(Architecture architecture) {
        assertThatCode(() -> verify(Families.file(architecture))).doesNotThrowAnyException();
    }

    @Test
    void qwen3NeedsItsQueryNorm() {
        assertRefused(
                Families.file(Architecture.QWEN3).remove("blk.0.attn_q_norm.weight"),
                "blk.0.attn_q_norm.weight",
                "missing",
                "a tensor");
    }

    @Test
    void gemma2NeedsItsPostNorms() {
        assertRefused(
                Families.file(Architecture.GEMMA2).remove("blk.0.post_ffw_norm.weight"),
                "blk.0.post_ffw_norm.weight",
                "missing",
                "a tensor");
    }

    @Test
    void phi3HasItsGateInsideTheUpProjection() {
        assertRefused(
                Families.file(Architecture.PHI3).zeros("blk.0.ffn_up.weight", GgmlType.F32, 8, 8),
                "blk.0.ffn_up.weight shape",
                "[8, 8]",
                "[8, 16]");
    }

    @Test
    void acceptsFusedQueryKeyAndValue() {
        GgufBytes file = soundFile()
                .remove("blk.0.attn_q.weight")
                .remove("blk.0.attn_k.weight")
                .remove("blk.0.attn_v.weight")
                .zeros("blk.0.attn_qkv.weight", GgmlType.F32, 8, 16);
        assertThatCode(() -> verify(file)).doesNotThrowAnyException();
    }

    @Test
    void acceptsExpertsInsteadOfOneNetwork() {
        assertThatCode(() -> verify(Families.withExperts())).doesNotThrowAnyException();
    }

    @Test
    void refusesExpertsOfAnotherShape() {
        assertRefused(
                Families.withExperts().zeros("blk.0.ffn_up_exps.weight", GgmlType.F32, 8, 8, 3),
                "blk.0.ffn_up_exps.weight shape",
                "[8, 8, 3]",
                "[8, 8, 4]");
    }

    @Test
    void refusesExpertsInAFamilyWithoutThem() {
        GgufBytes file = Families.file(Architecture.QWEN3)
                .uint32("qwen3.expert_count", 4)
                .uint32("qwen3.expert_used_count", 1);
        assertRefused(file, "qwen3.expert_count", "4", "0 for this family");
    }

    @Test
    void refusesAnOddRotation() {
        assertRefused(
                Families.file(Architecture.GEMMA).uint32("gemma.rope.dimension_count", 3),
                "gemma.rope.dimension_count",
                "3",
                "an even number from 2 to 4");
    }

    @Test
    void unknownFamiliesPassTheGenericChecks() {
        GgufBytes file = new GgufBytes().string("general.architecture", "novel").zeros("w", GgmlType.I32, 4);
        assertThatCode(() -> verify(file)).doesNotThrowAnyException();
    }

    @Test
    void unknownFamiliesStillHaveBounds() {
        GgufBytes file = new GgufBytes()
                .string("general.architecture", "novel")
                .uint32("novel.block_count", 1000)
                .zeros("w", GgmlType.F32, 4);
        assertRefused(file, "novel.block_count", "1000", "1 to 512");
    }
}
