package dev.quantgate.worker.llamacpp.gguf;

import java.util.List;

/**
 * The dimensions of a model. A number is 0 when a file of an unknown family does not give it.
 *
 * @param architecture model family, the prefix of its metadata keys
 * @param contextTokens context length used in training
 * @param embeddingLength width of the hidden state
 * @param blockCount number of layers, those for multi-token prediction included
 * @param predictionBlockCount layers that only predict further tokens ahead
 * @param headCounts attention heads per layer
 * @param headCountsKv key and value heads per layer
 * @param feedForwardLengths inner width of the feed-forward network per layer
 * @param keyLength elements of one key
 * @param valueLength elements of one value
 * @param ropeDimensions elements of a head that the rotary embedding turns
 * @param expertCount experts per layer; 0 when the model has none
 */
public record HyperParameters(
        String architecture,
        int contextTokens,
        int embeddingLength,
        int blockCount,
        int predictionBlockCount,
        List<Integer> headCounts,
        List<Integer> headCountsKv,
        List<Integer> feedForwardLengths,
        int keyLength,
        int valueLength,
        int ropeDimensions,
        int expertCount) {}
