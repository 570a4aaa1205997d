package dev.quantgate.worker.torch.safetensors;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The verified table of contents of a safetensors file.
 *
 * <p>Every tensor lies inside the data section, none overlaps another, and together they fill it without a gap.
 *
 * @param tensors by name, in the order of the file
 * @param metadata free text pairs
 */
public record SafetensorsHeader(Map<String, TensorEntry> tensors, Map<String, String> metadata) {

    public SafetensorsHeader {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /**
     * Parses and verifies a header.
     *
     * @param json the header without its length prefix
     * @param dataBytes size of the data section that follows it
     * @throws SafetensorsFormatException when anything is wrong
     */
    public static SafetensorsHeader parse(byte[] json, long dataBytes) {
        SafetensorsHeader header = new HeaderParser(json).parse();
        header.requireExactCover(dataBytes);
        return header;
    }

    private void requireExactCover(long dataBytes) {
        List<TensorEntry> ordered = new ArrayList<>(tensors.values());
        ordered.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
        long position = 0;
        for (TensorEntry entry : ordered) {
            if (entry.end() > dataBytes) {
                throw new SafetensorsFormatException("tensor " + Text.quote(entry.name()) + ": ends at byte "
                        + entry.end() + " (expected: at most " + dataBytes + ")");
            }
            if (entry.begin() != position) {
                String what = entry.begin() < position ? "overlaps its neighbour" : "leaves a gap";
                throw new SafetensorsFormatException("tensor " + Text.quote(entry.name()) + ": " + what + " at byte "
                        + Math.min(entry.begin(), position));
            }
            position = entry.end();
        }
        if (position != dataBytes) {
            throw new SafetensorsFormatException(
                    "data section: " + dataBytes + " bytes (expected: " + position + " by the header)");
        }
    }
}
