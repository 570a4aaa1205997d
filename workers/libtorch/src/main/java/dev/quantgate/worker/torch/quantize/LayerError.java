package dev.quantgate.worker.torch.quantize;

/**
 * What rounding did to one matrix.
 *
 * @param name name of the stored tensor
 * @param relative Euclidean length of the difference by that of the matrix, 0 to 1
 * @param largest largest difference of one weight
 */
public record LayerError(String name, double relative, double largest) {}
