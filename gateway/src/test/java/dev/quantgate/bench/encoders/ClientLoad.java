package dev.quantgate.bench.encoders;

import dev.quantgate.bench.Machine;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.torch.model.EncoderModel;
import dev.quantgate.worker.torch.model.Pooling;
import dev.quantgate.worker.torch.model.TokenInput;
import dev.quantgate.worker.torch.serving.BatchEngine;
import dev.quantgate.worker.torch.serving.BatchSettings;
import dev.quantgate.worker.torch.serving.Computation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/**
 * Clients that send one text after the other to the worker's queue.
 *
 * @param clients number of clients
 * @param maxBatch most texts the queue puts together
 * @param operatorThreads threads of one operator; as many instances compute as fit on the machine
 */
record ClientLoad(EncoderModel model, int clients, int maxBatch, int operatorThreads) {
    private static final int TOKEN_BUDGET = 4096;
    private static final Duration WAIT = Duration.ofNanos(500_000);
    private static final double NANOS_PER_SECOND = 1e9;

    double textsPerSecond(int tokens, long millis) throws Exception {
        var instances = Math.max(1, Machine.cores() / operatorThreads);
        var settings = new BatchSettings(instances, TOKEN_BUDGET, maxBatch, WAIT, clients);
        var input = new TokenInput(new InputShape(1, tokens).ids()[0], new long[tokens]);
        var start = System.nanoTime();
        var end = start + millis * 1_000_000;
        var threads = Executors.newFixedThreadPool(clients);
        try (var engine = new BatchEngine("bench", model, settings)) {
            var work = new ArrayList<Callable<Integer>>();
            for (int i = 0; i < clients; i++) {
                work.add(() -> askUntil(engine, input, end));
            }
            var texts = 0;
            for (var client : threads.invokeAll(work)) {
                texts += client.get();
            }
            return texts * NANOS_PER_SECOND / (System.nanoTime() - start);
        } finally {
            threads.shutdown();
        }
    }

    private static int askUntil(BatchEngine engine, TokenInput input, long end) throws Exception {
        var texts = 0;
        while (System.nanoTime() < end) {
            var answer = engine.submit(new Computation.Vectors(Pooling.MEAN), List.of(input), CallContext.of("bench"))
                    .toCompletableFuture()
                    .get();
            texts += answer.size();
        }
        return texts;
    }
}
