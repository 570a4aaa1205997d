package dev.quantgate.worker.torch.model;

/** Which row of the position table each token takes. */
record Positions(EncoderConfig config) {

    /** Refuses inputs that have more tokens than the table has rows. */
    void requireRoom(int tokens) {
        if (tokens > config.maxTokens()) {
            throw new IllegalArgumentException("tokens: " + tokens + " (expected: at most " + config.maxTokens() + ")");
        }
    }

    /** Rows of several inputs, one after the other; families that count past padding pause at it. */
    int[] rows(long[] ids, int... lengths) {
        int[] rows = new int[ids.length];
        int at = 0;
        for (int length : lengths) {
            int next = config.firstPosition();
            for (int end = at + length; at < end; at++) {
                boolean pauses = config.family().positionsFollowPadding() && ids[at] == config.paddingId();
                rows[at] = pauses ? config.paddingId() : next++;
            }
        }
        return rows;
    }
}
