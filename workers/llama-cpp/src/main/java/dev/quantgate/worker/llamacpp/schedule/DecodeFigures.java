package dev.quantgate.worker.llamacpp.schedule;

import dev.quantgate.worker.api.inference.GenerateEvent.Timings;

/**
 * What a finished request cost.
 *
 * @param promptTokens tokens of the prompt
 * @param completionTokens tokens generated, without an end mark
 * @param cachedTokens tokens of the prompt that came from the prefix cache
 * @param draftedTokens tokens that were guessed ahead and computed
 * @param acceptedDraftTokens those of them that became part of the text
 * @param timings wall times
 */
public record DecodeFigures(
        int promptTokens,
        int completionTokens,
        int cachedTokens,
        int draftedTokens,
        int acceptedDraftTokens,
        Timings timings) {}
