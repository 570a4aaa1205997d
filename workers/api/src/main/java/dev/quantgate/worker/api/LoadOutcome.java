package dev.quantgate.worker.api;

/**
 * The result of loading a variant.
 *
 * @param variant the variant, active
 * @param alreadyLoaded whether it was in memory before
 */
public record LoadOutcome(VariantRecord variant, boolean alreadyLoaded) {}
