package dev.quantgate.worker.llamacpp.schedule;

import java.util.List;

/** What one step computes: a row for each stream that can go on, then prompts, oldest first, within the budget. */
final class StepPlan {
    private final StepBatch batch;
    private final int capacity;
    private final DecodeRequest[] requests;
    private final int[] counts;
    private final int[] outputRows;
    private int size;
    private int decodeRows;
    private int promptTokens;

    StepPlan(int batchTokens) {
        batch = new StepBatch(batchTokens);
        capacity = batchTokens;
        requests = new DecodeRequest[batchTokens];
        counts = new int[batchTokens];
        outputRows = new int[batchTokens];
    }

    /** Fills the plan from the running requests, which stand in the order in which their prompts are computed. */
    void fill(List<DecodeRequest> running, StepBudget budget) {
        batch.clear();
        size = 0;
        decodeRows = 0;
        promptTokens = 0;
        for (int i = 0; i < running.size(); i++) {
            var request = running.get(i);
            if (request.decoding() && request.outlet().ready() && batch.size() < capacity) {
                add(request, 1);
                decodeRows++;
            }
        }
        var allowance = budget.promptTokens(decodeRows);
        for (int i = 0; i < running.size() && promptTokens < allowance; i++) {
            var request = running.get(i);
            if (!request.decoding()) {
                // The last token of a prompt yields a token, and that needs credit.
                var computable = request.pendingTokens() - (request.outlet().ready() ? 0 : 1);
                var count = Math.min(computable, allowance - promptTokens);
                if (count > 0) {
                    add(request, count);
                    promptTokens += count;
                }
            }
        }
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
}
