package dev.quantgate.worker.llamacpp.schedule;

import java.time.Duration;

/**
 * How a decode loop shares its time.
 *
 * @param sequences most requests that run at once, at least 1
 * @param stepTarget how long a step may take while streams run, prompts included
 * @param cachedTokens most tokens of finished sequences that stay as prefixes for others, 0 for none; with more the
 *     engine needs more sequence slots than {@code sequences}
 * @param draftTokens most tokens of a text that are guessed ahead at once, 0 for none
 */
public record LoopSettings(int sequences, Duration stepTarget, int cachedTokens, int draftTokens) {}
