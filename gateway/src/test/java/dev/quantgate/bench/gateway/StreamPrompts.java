package dev.quantgate.bench.gateway;

import dev.quantgate.bench.engine.PromptMaker;
import dev.quantgate.bench.load.Lane;
import dev.quantgate.bench.load.Request;
import dev.quantgate.bench.load.Sampler;
import dev.quantgate.bench.load.Workload;
import java.util.List;
import java.util.stream.IntStream;

/** Workloads of prompts that no other round has, so that no cache helps. */
final class StreamPrompts {
    private static final int SEEDS_PER_ROUND = 1000;

    private final PromptMaker prompts;

    StreamPrompts(PromptMaker prompts) {
        this.prompts = prompts;
    }

    /** Clients that each send one request, all at once. */
    Workload streams(int round, int clients, int promptTokens, int maxTokens) {
        return new Workload(IntStream.range(0, clients)
                .mapToObj(client -> Lane.of(List.of(request(round, client, promptTokens, maxTokens))))
                .toList());
    }

    /** One client that sends requests one after the other. */
    Workload oneAfterTheOther(int round, int requests, int promptTokens, int maxTokens) {
        return new Workload(List.of(Lane.of(IntStream.range(0, requests)
                .mapToObj(index -> request(round, index, promptTokens, maxTokens))
                .toList())));
    }

    private Request request(int round, int index, int promptTokens, int maxTokens) {
        var seed = round * SEEDS_PER_ROUND + index;
        // The number of tokens is part of the seed, or a short prompt would begin every long one of the same round.
        var prompt = prompts.make(promptTokens, (long) seed * SEEDS_PER_ROUND + promptTokens);
        return Request.plain(prompt, maxTokens, Sampler.USUAL, seed & Integer.MAX_VALUE);
    }
}
