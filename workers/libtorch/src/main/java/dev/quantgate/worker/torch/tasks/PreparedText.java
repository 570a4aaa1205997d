package dev.quantgate.worker.torch.tasks;

import dev.quantgate.worker.torch.tokenize.TokenizedText;
import java.util.List;

/**
 * A text as the encoder will see it.
 *
 * @param whole its tokens before any cut
 * @param windows the inputs made of it, one unless it slides
 * @param truncated whether tokens were cut off
 */
record PreparedText(TokenizedText whole, List<TokenizedText> windows, boolean truncated) {

    PreparedText {
        windows = List.copyOf(windows);
    }

    /** Tokens the encoder reads, special tokens included. */
    int tokens() {
        return windows.stream().mapToInt(TokenizedText::length).sum();
    }
}
