package dev.quantgate.worker.llamacpp.schedule;

import java.time.Duration;

/**
 * How a decode loop shares its time.
 *
 * @param sequences most requests that run at once, at least 1
 * @param stepTarget how long a step may take while streams run, prompts included
 * @param prefixCache whether finished sequences stay as prefixes for others; the engine then needs more sequence slots
 *     than {@code sequences}
 */
public record LoopSettings(int sequences, Duration stepTarget, boolean prefixCache) {}
