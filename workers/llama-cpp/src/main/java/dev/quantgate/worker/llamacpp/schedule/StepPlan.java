package dev.quantgate.worker.llamacpp.schedule;

import java.util.List;

/** What one step computes: a row for each stream that can go on, and prompts, oldest first, within the budget. */
final class StepPlan {
    private final StepBatch batch;
    private final DecodeRequest[] requests;
    private final int[] counts;
    private final int[] outputRows;
    private final int[] shares;
    private int size;
    private int decodeRows;
    private int promptTokens;
    private int newTokens;

    StepPlan(int batchTokens) {
        batch = new StepBatch(batchTokens);
        requests = new DecodeRequest[batchTokens];
        counts = new int[batchTokens];
        outputRows = new int[batchTokens];
        shares = new int[batchTokens];
    }

    /**
     * Fills the plan from the running requests, which stand in the order in which their prompts are computed. Prompts
     * that start in this step come first in the batch: they are given the lowest free cells.
     */
    void fill(List<DecodeRequest> running, StepBudget budget) {
        batch.clear();
        size = 0;
        decodeRows = 0;
        promptTokens = 0;
        newTokens = 0;
        for (int i = 0; i < running.size(); i++) {
            decodeRows += decodes(running.get(i)) ? 1 : 0;
        }
        var allowance = budget.promptTokens(decodeRows);
        for (int i = 0; i < running.size(); i++) {
            var request = running.get(i);
            shares[i] = decodes(request) ? 1 : promptShare(request, allowance - promptTokens);
            promptTokens += decodes(request) ? 0 : shares[i];
        }
        for (int i = 0; i < running.size(); i++) {
            if (shares[i] > 0 && starts(running.get(i))) {
                add(running.get(i), shares[i]);
            }
        }
        newTokens = batch.size();
        for (int i = 0; i < running.size(); i++) {
            if (shares[i] > 0 && !starts(running.get(i))) {
                add(running.get(i), shares[i]);
            }
        }
    }

    private static boolean decodes(DecodeRequest request) {
        return request.decoding() && request.outlet().ready();
    }

    private static boolean starts(DecodeRequest request) {
        return request.openSequence().computed() == 0;
    }

    private static int promptShare(DecodeRequest request, int allowance) {
        if (request.decoding()) {
            return 0;
        }
        // The last token of a prompt yields a token, and that needs credit.
        var computable = request.pendingTokens() - (request.outlet().ready() ? 0 : 1);
        return Math.max(0, Math.min(computable, allowance));
    }

    private void add(DecodeRequest request, int count) {
        var sequence = request.openSequence();
        var output = count == request.pendingTokens();
        var row = batch.add(request.tokens(), sequence.computed(), count, sequence.id(), output);
        requests[size] = request;
        counts[size] = count;
        outputRows[size] = output ? row : -1;
        size++;
    }

    StepBatch batch() {
        return batch;
    }

    /** Number of requests in the plan. */
    int size() {
        return size;
    }

    DecodeRequest request(int index) {
        return requests[index];
    }

    /** Tokens of the request that the step computes. */
    int count(int index) {
        return counts[index];
    }

    /** Row to sample the request's next token from, or -1. */
    int outputRow(int index) {
        return outputRows[index];
    }

    int decodeRows() {
        return decodeRows;
    }

    int promptTokens() {
        return promptTokens;
    }

    /** Leading rows of the batch that belong to sequences without cells. */
    int newTokens() {
        return newTokens;
    }
}
