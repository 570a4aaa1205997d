package dev.quantgate.worker.torch.serving;

import dev.quantgate.worker.torch.model.TokenInput;

/** One input of a request that waits for its batch. */
final class PendingInput {

    // Inputs are padded to the longest of their batch; steps of a quarter keep the waste of it below that.
    private static final int SMALLEST_BUCKET = 16;

    private final PendingRequest request;
    private final int index;
    private final TokenInput input;
    private final int[] positions;

    PendingInput(PendingRequest request, int index, TokenInput input, int[] positions) {
        this.request = request;
        this.index = index;
        this.input = input;
        this.positions = positions;
    }

    PendingRequest request() {
        return request;
    }

    TokenInput input() {
        return input;
    }

    int[] positions() {
        return positions;
    }

    /** The group of lengths it may share a batch with. */
    int bucket() {
        return bucket(input.length());
    }

    static int bucket(int tokens) {
        int size = SMALLEST_BUCKET;
        int step = SMALLEST_BUCKET / 4;
        while (size < tokens) {
            size += step;
            step = Math.max(step, Integer.highestOneBit(size) / 4);
        }
        return size;
    }

    void complete(float[][] rows) {
        request.complete(index, rows);
    }
}
