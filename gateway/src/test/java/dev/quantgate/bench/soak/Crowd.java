package dev.quantgate.bench.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Clients that ask without a pause, half of them over gRPC and half over HTTP, and judge each answer. */
final class Crowd {
    private static final int MOST_PARTS = 6;

    private final int port;
    private final List<Task> tasks;
    private final Map<Task, Answer> references;
    private final Tally tally;
    private final long seed;

    Crowd(int port, List<Task> tasks, Map<Task, Answer> references, Tally tally, long seed) {
        this.port = port;
        this.tasks = tasks;
        this.references = references;
        this.tally = tally;
        this.seed = seed;
    }

    /** Runs for so long, or until {@code lost} fails; an answer that has begun is read to its end. */
    void run(int clients, Duration length, CompletableFuture<Void> lost) throws Exception {
        var end = System.nanoTime() + length.toNanos();
        var threads = Executors.newFixedThreadPool(clients);
        try {
            var running = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < clients; i++) {
                var number = i;
                running.add(CompletableFuture.runAsync(() -> client(number, end, lost), threads));
            }
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
                    .get(
                            length.plus(SoakClient.PATIENCE)
                                    .plus(SoakClient.PATIENCE)
                                    .toSeconds(),
                            TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        if (lost.isCompletedExceptionally()) {
            tally.fault("the gateway's process is gone");
        }
    }

    private void client(int number, long end, CompletableFuture<Void> lost) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 1000 + number);
        try (var client = number % 2 == 0 ? new GrpcSoakClient(port) : new HttpSoakClient(port)) {
            while (System.nanoTime() < end && !lost.isDone()) {
                ask(client, random);
            }
        }
    }

    private void ask(SoakClient client, RandomGenerator random) {
        var task = tasks.get(random.nextInt(tasks.size()));
        var behaviour = Behaviour.any(random);
        try {
            var answer = client.ask(task, behaviour, random.nextInt(MOST_PARTS));
            var fault = answer.faultBeside(Objects.requireNonNull(references.get(task), "reference"));
            if (!fault.isEmpty()) {
                tally.fault(behaviour + " of \"" + task.prompt().strip() + "\": " + fault);
            }
            tally.answer(behaviour, answer);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (Exception failure) {
            tally.fault(behaviour + " of \"" + task.prompt().strip() + "\": " + failure);
        }
    }
}
