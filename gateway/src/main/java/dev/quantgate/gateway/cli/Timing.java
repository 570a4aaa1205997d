package dev.quantgate.gateway.cli;

import dev.quantgate.v1.Completion;

/** Says what a generation took. */
final class Timing {
    private Timing() {}

    static String describe(Completion completion) {
        var usage = completion.getUsage();
        var times = completion.getTimings();
        var decodeSeconds = times.getDecodeMicros() / 1e6;
        var rate = decodeSeconds > 0 ? (usage.getCompletionTokens() - 1) / decodeSeconds : 0;
        return String.format(
                "%d prompt tokens (%d cached), %d generated (%s); first token after %.0f ms, then %.1f tokens/s",
                usage.getPromptTokens(),
                usage.getCachedTokens(),
                usage.getCompletionTokens(),
                completion
                        .getFinishReason()
                        .name()
                        .substring("FINISH_REASON_".length())
                        .toLowerCase(java.util.Locale.ROOT),
                times.getFirstTokenMicros() / 1e3,
                rate);
    }
}
