package dev.quantgate.worker.llamacpp.gguf;

import static dev.quantgate.worker.llamacpp.gguf.Verification.assertRefused;
import static dev.quantgate.worker.llamacpp.gguf.Verification.soundFile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContainerFaultsTest {
    private static final int TENSOR_COUNT_AT = 8;
    private static final int ENTRY_COUNT_AT = 16;
    private static final int FIRST_KEY_AT = 24;

    @Test
    void refusesAnEmptyFile() {
        assertRefused(new byte[0], "header.magic", "4 bytes", "at most the 0 bytes left");
    }

    @Test
    void refusesAnotherMagic() {
        assertRefused(patched(0, 1, 'X'), "header.magic", "0x46554758", "GGUF");
    }

    @Test
    void refusesVersionOne() {
        assertRefused(soundFile().version(1), "header.version", "1", "2 or 3");
    }

    @Test
    void refusesALaterVersion() {
        assertRefused(soundFile().version(4), "header.version", "4", "2 or 3");
    }

    @Test
    void refusesBigEndianFilesByName() {
        assertRefused(
                soundFile().version(Integer.reverseBytes(3)),
                "header.version",
                "0x03000000",
                "2 or 3; this is a big-endian file");
    }

    @Test
    void refusesANegativeTensorCount() {
        assertRefused(patched(TENSOR_COUNT_AT, 8, -1), "header.tensor_count", "18446744073709551615", "0 to 32768");
    }

    @Test
    void refusesMoreTensorsThanTheFileCanHold() {
        assertRefused(patched(TENSOR_COUNT_AT, 8, 30_000), "header.tensor_count", "30000", "at most ");
    }

    @Test
    void refusesTooManyMetadataEntries() {
        assertRefused(patched(ENTRY_COUNT_AT, 8, 4097), "header.metadata_kv_count", "4097", "0 to 4096");
    }

    @Test
    void refusesAnEmptyKey() {
        assertRefused(patched(FIRST_KEY_AT, 8, 0), "metadata key 0", "0 bytes", "1 to 65535 bytes");
    }

    @Test
    void refusesAKeyOfTheLengthOfTheMoon() {
        assertRefused(patched(FIRST_KEY_AT, 8, 1L << 62), "metadata key 0", "4611686018427387904 bytes", "1 to 65535");
    }

    @Test
    void refusesAKeyThatIsNotUtf8() {
        assertRefused(patched(FIRST_KEY_AT + 8, 1, 0xff), "metadata key 0", "eneral.architecture", "well-formed UTF-8");
    }

    @Test
    void refusesAKeyWithNul() {
        assertRefused(patched(FIRST_KEY_AT + 8, 1, 0), "metadata key 0", "\\u0000eneral.arch", "a name without NUL");
    }

    @Test
    void refusesAKeyThatOccursTwice() {
        assertRefused(soundFile().repeat("general.name"), "metadata key 27", "general.name", "a key that occurs once");
    }

    @Test
    void refusesAnUnknownValueType() {
        assertRefused(soundFile().raw("some.key", 13, new byte[8]), "some.key", "value type 13", "a value type from 0");
    }

    @Test
    void refusesABooleanOfTwo() {
        assertRefused(soundFile().raw("some.key", 7, new byte[] {2}), "some.key", "2", "a boolean, 0 or 1");
    }

    @Test
    void refusesAnArrayOfArrays() {
        assertRefused(
                soundFile().raw("some.key", 9, array(9, 1)), "some.key", "an array of arrays", "an array of depth 1");
    }

    @Test
    void refusesMoreArrayElementsThanTheLimit() {
        assertRefused(
                soundFile().raw("some.key", 9, array(0, 1L << 40)),
                "some.key",
                "1099511627776 elements",
                "0 to 16777216");
    }

    @Test
    void refusesMoreArrayElementsThanTheFileHolds() {
        assertRefused(
                soundFile().raw("some.key", 9, array(10, 9_000_000)), "some.key", "72000000 bytes", "at most the ");
    }

    @Test
    void refusesMoreStringsThanTheFileHolds() {
        assertRefused(
                soundFile().raw("some.key", 9, array(8, 9_000_000)), "some.key", "72000000 bytes", "at most the ");
    }

    @Test
    void refusesAStringLongerThanTheFile() {
        byte[] length = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(1L << 33)
                .array();
        assertRefused(soundFile().raw("some.key", 8, length), "some.key", "8589934592 bytes", "at most the ");
    }

    @Test
    void refusesAStringBeyondTheLimit() {
        Limits limits = new Limits(100, 100, 10, 1000, 1000, 1000);
        assertThatThrownBy(() -> GgufFile.read(new BytesSource(soundFile().build()), limits))
                .hasMessage("general.name: 17 bytes (expected: at most 10 bytes)");
    }

    @Test
    void refusesAChatTemplateThatIsNotUtf8() {
        byte[] value = {1, 0, 0, 0, 0, 0, 0, 0, (byte) 0x80};
        assertRefused(
                soundFile().raw("tokenizer.chat_template", 8, value),
                "tokenizer.chat_template",
                "\uFFFD",
                "well-formed UTF-8");
    }

    @Test
    void refusesAnAlignmentThatIsNoPowerOfTwo() {
        assertRefused(
                soundFile().uint32("general.alignment", 48),
                "general.alignment",
                "UINT32 48",
                "UINT32, a power of two");
    }

    @Test
    void refusesAnAlignmentOfZero() {
        assertRefused(
                soundFile().uint32("general.alignment", 0), "general.alignment", "UINT32 0", "UINT32, a power of two");
    }

    @Test
    void refusesAnAlignmentOfAnotherType() {
        assertRefused(
                soundFile().uint16("general.alignment", 32),
                "general.alignment",
                "UINT16 32",
                "UINT32, a power of two");
    }

    @Test
    void refusesATensorNameOf64Bytes() {
        String name = "n".repeat(64);
        assertRefused(soundFile().zeros(name, GgmlType.F32, 8), "tensor 12 name", "64 bytes", "1 to 63 bytes");
    }

    @Test
    void refusesATensorNameThatOccursTwice() {
        assertRefused(
                soundFile().repeatTensor("output_norm.weight"),
                "tensor 12 name",
                "output_norm.weight",
                "a name that occurs once");
    }

    @Test
    void refusesFiveDimensions() {
        assertRefused(soundFile().zeros("t", GgmlType.F32, 8, 1, 1, 1, 1), "t dimensions", "5", "1 to 4 dimensions");
    }

    @Test
    void refusesNoDimensions() {
        assertRefused(soundFile().tensor("t", GgmlType.F32, new byte[4]), "t dimensions", "0", "1 to 4 dimensions");
    }

    @Test
    void refusesADimensionOfZero() {
        assertRefused(soundFile().tensor("t", GgmlType.F32, new byte[0], 8, 0), "t dimension 1", "0", ">= 1");
    }

    @Test
    void refusesANegativeDimension() {
        assertRefused(soundFile().tensor("t", GgmlType.F32, new byte[0], -8), "t dimension 0", "-8", ">= 1");
    }

    @Test
    void refusesShapesThatOverflow() {
        long huge = 1L << 32;
        assertRefused(
                soundFile().tensor("t", GgmlType.F32, new byte[4], huge, huge, huge),
                "t shape",
                "4294967296",
                "fewer than 2^63");
    }

    @Test
    void refusesSizesThatOverflow() {
        assertRefused(
                soundFile().tensor("t", GgmlType.F32, new byte[4], 1L << 61),
                "t shape",
                "2305843009213693952",
                "fewer");
    }

    @Test
    void refusesAnUnknownTensorType() {
        assertRefused(soundFile().tensor("t", 4, new byte[4], 8), "t type", "4", "a known ggml type, one of F32=0 ");
    }

    @Test
    void refusesATypeThatOnlyExistsInMemory() {
        assertRefused(soundFile().zeros("t", GgmlType.Q8_K, 256), "t type", "Q8_K", "a type for storage");
    }

    @Test
    void refusesRowsThatAreNoWholeBlocks() {
        assertRefused(
                soundFile().tensor("t", GgmlType.Q4_K, new byte[144], 128),
                "t row length",
                "128",
                "a multiple of 256, the block of Q4_K");
    }

    @Test
    void refusesTensorDataThatIsCutOff() {
        byte[] bytes = soundFile().build();
        assertRefused(
                Arrays.copyOf(bytes, bytes.length - 1),
                "output.weight end of data",
                "" + bytes.length,
                "at most " + (bytes.length - 1));
    }

    @Test
    void acceptsMissingPaddingBehindTheLastTensor() throws Exception {
        GgufBytes file = soundFile().zeros("last", GgmlType.F32, 1);
        byte[] bytes = file.build();
        assertThat(Verification.verify(Arrays.copyOf(bytes, bytes.length - 28)).warnings())
                .isEmpty();
    }

    @Test
    void refusesADataSectionBeyondTheEnd() {
        byte[] bytes = new GgufBytes()
                .string("general.architecture", "x")
                .zeros("t", GgmlType.F32, 1)
                .build();
        assertRefused(Arrays.copyOf(bytes, bytes.length - 33), "data section", "128", "a start within the ");
    }

    @Test
    void refusesAnOffsetOffTheAlignment() {
        assertRefused(withOffset(0, 16), "token_embd.weight offset", "16", "a multiple of the alignment, 32");
    }

    @Test
    void refusesAGapBetweenTensors() {
        assertRefused(withOffset(1, 1 << 20), "blk.0.attn_norm.weight offset", "1048576", "8352, with no gap");
    }

    @Test
    void refusesANegativeOffset() {
        assertRefused(withOffset(1, -32), "blk.0.attn_norm.weight offset", "18446744073709551584", "8352, with no gap");
    }

    @Test
    void refusesOverlappingTensors() {
        assertRefused(withOffset(1, 64), "blk.0.attn_norm.weight offset", "64", "8352, without overlapping");
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] bytes = soundFile().build();
        for (int length = 0; length < bytes.length; length += 7) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Verification.verify(cut)).isInstanceOf(GgufFormatException.class);
        }
    }

    /** A sound file whose n-th tensor claims another offset. */
    private static byte[] withOffset(int tensor, long offset) {
        GgufBytes file = soundFile();
        byte[] bytes = file.build();
        List<Integer> fields = file.lengthFields();
        // For each tensor: name length, dimensions, offset; the first has two dimensions, the second one.
        int fromEnd = tensorFields() - (tensor == 0 ? 4 : 7);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(fields.get(fields.size() - 1 - fromEnd), offset);
        return bytes;
    }

    private static int tensorFields() {
        int matrices = 9;
        int vectors = 3;
        return matrices * 4 + vectors * 3;
    }

    private static byte[] patched(int position, int width, long value) {
        byte[] bytes = soundFile().build();
        for (int i = 0; i < width; i++) {
            bytes[position + i] = (byte) (value >>> (8 * i));
        }
        return bytes;
    }

    private static byte[] array(int elementType, long count) {
        return ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(elementType)
                .putLong(count)
                .array();
    }
}
