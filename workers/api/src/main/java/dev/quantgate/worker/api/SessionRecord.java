package dev.quantgate.worker.api;

import java.time.Instant;

/**
 * The saved state of a conversation.
 *
 * @param name session name
 * @param sizeBytes size of its file
 * @param savedAt when it was saved
 */
public record SessionRecord(String name, long sizeBytes, Instant savedAt) {}
