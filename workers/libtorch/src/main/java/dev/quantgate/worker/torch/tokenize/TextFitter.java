package dev.quantgate.worker.torch.tokenize;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes a tokenised text fit an encoder: by cutting it, or by windows that overlap.
 *
 * @param maxTokens most tokens of one input, special tokens included
 */
public record TextFitter(int maxTokens) {

    public TextFitter {
        if (maxTokens < 3) {
            throw new IllegalArgumentException("maxTokens: " + maxTokens + " (expected: >= 3)");
        }
    }

    /** Whether a text is too long. */
    public boolean exceeds(TokenizedText text) {
        return text.length() > maxTokens;
    }

    /** Cuts a text at its end, and the longer part of a pair first; special tokens stay. */
    public TokenizedText truncate(TokenizedText text) {
        if (!exceeds(text)) {
            return text;
        }
        Layout layout = Layout.of(text);
        int room = maxTokens - layout.specials();
        int first = layout.first().size();
        int second = layout.second().size();
        if (second == 0) {
            first = room;
        } else {
            int shorter = Math.min(first, second);
            int longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
            if (shorter + longer > room) {
                shorter = room / 2;
                longer = shorter + room % 2;
            }
            boolean firstIsLonger = first > second;
            first = firstIsLonger ? longer : shorter;
            second = firstIsLonger ? shorter : longer;
        }
        return text.select(layout.keeping(0, first, second));
    }

    /**
     * Splits a single text into windows of {@code maxTokens}, each with its special tokens.
     *
     * @param overlapTokens tokens that neighbouring windows share, less than a window holds
     */
    public List<TokenizedText> windows(TokenizedText text, int overlapTokens) {
        if (!exceeds(text)) {
            return List.of(text);
        }
        Layout layout = Layout.of(text);
        if (!layout.second().isEmpty()) {
            throw new IllegalArgumentException("text: a pair (expected: a single text for windows)");
        }
        int room = maxTokens - layout.specials();
        if (overlapTokens < 0 || overlapTokens >= room) {
            throw new IllegalArgumentException(
                    "overlapTokens: " + overlapTokens + " (expected: 0 to " + (room - 1) + ")");
        }
        int count = layout.first().size();
        List<TokenizedText> windows = new ArrayList<>();
        for (int start = 0; ; start += room - overlapTokens) {
            windows.add(text.select(layout.keeping(start, Math.min(start + room, count), 0)));
            if (start + room >= count) {
                return windows;
            }
        }
    }

    /** Which tokens belong to the first text, to the second, and to neither. */
    private record Layout(List<Integer> first, List<Integer> second, int length) {

        static Layout of(TokenizedText text) {
            List<Integer> first = new ArrayList<>();
            List<Integer> second = new ArrayList<>();
            boolean afterFirst = false;
            for (int i = 0; i < text.length(); i++) {
                if (text.special()[i]) {
                    afterFirst |= !first.isEmpty();
                } else {
                    (afterFirst ? second : first).add(i);
                }
            }
            return new Layout(first, second, text.length());
        }

        int specials() {
            return length - first.size() - second.size();
        }

        /** All special tokens, the first text's tokens from {@code from} to {@code to}, the second's up to a limit. */
        int[] keeping(int from, int to, int secondLimit) {
            boolean[] keep = new boolean[length];
            java.util.Arrays.fill(keep, true);
            first.forEach(i -> keep[i] = false);
            second.forEach(i -> keep[i] = false);
            first.subList(from, to).forEach(i -> keep[i] = true);
            second.subList(0, secondLimit).forEach(i -> keep[i] = true);
            return IntStream.range(0, length).filter(i -> keep[i]).toArray();
        }
    }
}
