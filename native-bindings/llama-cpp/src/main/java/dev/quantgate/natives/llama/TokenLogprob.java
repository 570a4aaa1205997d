package dev.quantgate.natives.llama;

/**
 * A token and the natural logarithm of its probability.
 *
 * @param token id in the vocabulary
 * @param logprob at most 0
 */
public record TokenLogprob(int token, float logprob) {}
