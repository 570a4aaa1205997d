package dev.quantgate.worker.llamacpp.gguf;

import static dev.quantgate.worker.llamacpp.gguf.Verification.assertRefused;
import static dev.quantgate.worker.llamacpp.gguf.Verification.soundFile;
import static dev.quantgate.worker.llamacpp.gguf.Verification.verify;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HyperParameterFaultsTest {
    @ParameterizedTest
    @CsvSource({
        "llama.context_length, 0, 1 to 134217728",
        "llama.context_length, 4294967295, 1 to 134217728",
        "llama.embedding_length, 0, 1 to 1048576",
        "llama.embedding_length, 2000000000, 1 to 1048576",
        "llama.block_count, 0, 1 to 512",
        "llama.block_count, 513, 1 to 512",
        "llama.nextn_predict_layers, 2, 0 to 1",
        "llama.attention.head_count, 0, 1 to 16384",
        "llama.attention.head_count_kv, 0, 1 to 16384",
        "llama.attention.head_count_kv, 3, a divisor of the 2 heads of block 0",
        "llama.attention.key_length, 0, 1 to 65536",
        "llama.attention.value_length, 8, '4, the length of a key'",
        "llama.feed_forward_length, 0, 1 to 16777216",
        "llama.rope.dimension_count, 2, '4, the length of a key'",
        "llama.expert_count, 1025, 0 to 1024",
        "llama.expert_used_count, 1, 0 to 0",
        "llama.expert_group_count, 1, 0 to 0",
        "llama.vocab_size, 4000000, 0 to 2097152",
    })
    void refusesWholeNumbersOutOfRange(String key, long value, String expected) {
        assertRefused(soundFile().uint32(key, value), key, Long.toString(value), expected);
    }

    @ParameterizedTest
    @CsvSource({
        "llama.attention.layer_norm_rms_epsilon, NaN",
        "llama.attention.layer_norm_rms_epsilon, Infinity",
        "llama.attention.layer_norm_rms_epsilon, -1.0",
        "llama.attention.layer_norm_epsilon, NaN",
        "llama.rope.freq_base, 0.0",
        "llama.rope.freq_base, NaN",
        "llama.rope.scaling.factor, -Infinity",
    })
    void refusesRealNumbersOutOfRange(String key, float value) {
        assertRefused(soundFile().float32(key, value), key, Float.toString(value), "");
    }

    @ParameterizedTest
    @CsvSource({
        "general.architecture, the name of a model family",
        "llama.context_length, UINT32 from 1",
        "llama.embedding_length, UINT32 from 1",
        "llama.block_count, UINT32 from 1",
        "llama.attention.head_count, UINT32 from 1",
        "llama.feed_forward_length, UINT32 from 1",
        "llama.attention.layer_norm_rms_epsilon, FLOAT32 from 0",
    })
    void refusesAMissingKey(String key, String expected) {
        assertRefused(soundFile().remove(key), key, "missing", expected);
    }

    @Test
    void refusesANumberOfAnotherType() {
        assertRefused(soundFile().uint16("llama.block_count", 1), "llama.block_count", "UINT16 1", "UINT32)");
        assertRefused(soundFile().uint32("llama.rope.freq_base", 1), "llama.rope.freq_base", "UINT32 1", "FLOAT32)");
        assertRefused(soundFile().uint32("general.architecture", 1), "general.architecture", "UINT32 1", "STRING)");
        assertRefused(
                soundFile().floats("llama.attention.head_count", 1),
                "llama.attention.head_count",
                "array of 1 FLOAT32",
                "an array of UINT32 or INT32)");
    }

    @Test
    void refusesAnUnknownRopeScaling() {
        assertRefused(
                soundFile().string("llama.rope.scaling.type", "spiral"),
                "llama.rope.scaling.type",
                "spiral",
                "one of none, linear");
    }

    @Test
    void refusesAnArchitectureWithControlCharacters() {
        assertRefused(
                soundFile().string("general.architecture", "lla\nma"),
                "general.architecture",
                "lla\\u000ama",
                "1 to 64");
    }

    @Test
    void refusesHeadsThatDoNotDivideTheWidth() {
        assertRefused(
                soundFile().remove("llama.attention.key_length").uint32("llama.attention.head_count", 3),
                "llama.attention.head_count",
                "3",
                "a divisor of the embedding length, 8");
    }

    @Test
    void readsHeadsPerBlock() throws Exception {
        GgufBytes file = soundFile().int32s("llama.attention.head_count", 2);
        assertThat(verify(file).hyperParameters().headCounts()).containsExactly(2);
    }

    @Test
    void refusesHeadsForAnotherNumberOfBlocks() {
        assertRefused(
                soundFile().int32s("llama.attention.head_count", 2, 2),
                "llama.attention.head_count",
                "array of 2 INT32",
                "1 elements, one per block");
    }

    @Test
    void refusesNegativeHeadsPerBlock() {
        assertRefused(
                soundFile().int32s("llama.attention.head_count", -2),
                "llama.attention.head_count[0]",
                "-2",
                "1 to 16384");
    }

    @Test
    void refusesExpertsOfWhichNoneIsUsed() {
        assertRefused(soundFile().uint32("llama.expert_count", 4), "llama.expert_used_count", "0", "1 to 4");
    }

    @Test
    void refusesGroupsThatDoNotDivideTheExperts() {
        GgufBytes file = soundFile()
                .uint32("llama.expert_count", 4)
                .uint32("llama.expert_used_count", 2)
                .uint32("llama.expert_group_count", 3);
        assertRefused(file, "llama.expert_group_count", "3", "a divisor of the 4 experts");
    }

    @Test
    void refusesUsedExpertsPerBlockBeyondTheirNumber() {
        GgufBytes file = soundFile().uint32("llama.expert_count", 4).int32s("llama.expert_used_count", 5);
        assertRefused(file, "llama.expert_used_count", "5", "0 to 4");
    }

    @Test
    void refusesASplitModel() {
        assertRefused(soundFile().uint16("split.count", 4), "split.count", "4", "1; join the parts");
    }

    @Test
    void acceptsAModelSplitIntoOne() throws Exception {
        assertThat(verify(soundFile().uint16("split.count", 1)).warnings()).isEmpty();
    }

    @Test
    void refusesAnAdapter() {
        assertRefused(soundFile().string("general.type", "adapter"), "general.type", "adapter", "model");
    }

    @Test
    void refusesAFileWithoutTensors() {
        GgufBytes file = new GgufBytes().string("general.architecture", "other");
        assertRefused(file, "header.tensor_count", "0", "at least one tensor");
    }
}
