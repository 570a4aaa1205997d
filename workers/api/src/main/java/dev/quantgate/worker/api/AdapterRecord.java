package dev.quantgate.worker.api;

import java.time.Instant;

/**
 * A LoRA adapter in the store.
 *
 * @param name adapter name
 * @param sizeBytes size of its file
 * @param sha256 of its file, lower-case hexadecimal
 * @param rank the largest rank of its matrices
 * @param alpha what it adds is scaled by alpha / rank; 0 for no such scale
 * @param createdAt when it entered the store
 */
public record AdapterRecord(String name, long sizeBytes, String sha256, int rank, float alpha, Instant createdAt) {}
