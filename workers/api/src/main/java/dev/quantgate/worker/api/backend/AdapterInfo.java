package dev.quantgate.worker.api.backend;

/**
 * What a LoRA adapter says about itself, verified against its model.
 *
 * @param rank the largest rank of its matrices
 * @param alpha what it adds is scaled by alpha / rank; 0 for no such scale
 */
public record AdapterInfo(int rank, float alpha) {}
