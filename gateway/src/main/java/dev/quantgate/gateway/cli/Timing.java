package dev.quantgate.gateway.cli;

import dev.quantgate.v1.Completion;
import dev.quantgate.v1.Usage;

/** Says what a generation took. */
final class Timing {
    private Timing() {}

    static String describe(Completion completion) {
        var usage = completion.getUsage();
        var times = completion.getTimings();
        var decodeSeconds = times.getDecodeMicros() / 1e6;
        var rate = decodeSeconds > 0 ? (usage.getCompletionTokens() - 1) / decodeSeconds : 0;
        return String.format(
                "%d prompt tokens (%d cached), %d generated (%s)%s; first token after %.0f ms, then %.1f tokens/s",
                usage.getPromptTokens(),
                usage.getCachedTokens(),
                usage.getCompletionTokens(),
                completion
                        .getFinishReason()
                        .name()
                        .substring("FINISH_REASON_".length())
                        .toLowerCase(java.util.Locale.ROOT),
                drafts(usage),
                times.getFirstTokenMicros() / 1e3,
                rate);
    }

    private static String drafts(Usage usage) {
        return usage.getDraftedTokens() == 0
                ? ""
                : String.format(
                        ", %d of %d guesses accepted", usage.getAcceptedDraftTokens(), usage.getDraftedTokens());
    }
}
