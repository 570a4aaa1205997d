package dev.quantgate.worker.llamacpp.gguf;

import java.util.Collection;

/**
 * Checks where the tensors lie. llama.cpp accepts only one layout, each tensor right behind the one before
 * ({@code gguf_init_from_reader}), which rules out overlaps and gaps; the messages tell these cases apart.
 */
final class TensorLayout {
    private TensorLayout() {}

    static void check(Collection<TensorInfo> tensors, long dataOffset, long alignment, long fileBytes)
            throws GgufFormatException {
        if (!tensors.isEmpty() && dataOffset > fileBytes) {
            throw new GgufFormatException(
                    "data section", dataOffset, "a start within the " + fileBytes + " bytes of the file");
        }
        long expected = 0;
        for (TensorInfo tensor : tensors) {
            checkOffset(tensor, expected, alignment);
            long end = Saturating.add(Saturating.add(dataOffset, tensor.offsetBytes()), tensor.sizeBytes());
            if (end > fileBytes) {
                throw new GgufFormatException(
                        tensor.name() + " end of data",
                        end,
                        "at most " + fileBytes + ", the length of the file; it is truncated or corrupt");
            }
            expected = Saturating.roundUp(tensor.offsetBytes() + tensor.sizeBytes(), alignment);
        }
    }

    private static void checkOffset(TensorInfo tensor, long expected, long alignment) throws GgufFormatException {
        String field = tensor.name() + " offset";
        long offset = tensor.offsetBytes();
        if (offset % alignment != 0) {
            throw new GgufFormatException(
                    field, Long.toUnsignedString(offset), "a multiple of the alignment, " + alignment);
        }
        if (offset < 0 || offset > expected) {
            throw new GgufFormatException(
                    field, Long.toUnsignedString(offset), expected + ", with no gap behind the tensor before");
        }
        if (offset < expected) {
            throw new GgufFormatException(field, offset, expected + ", without overlapping the tensor before");
        }
    }
}
