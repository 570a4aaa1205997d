package dev.quantgate.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

final class LoadDriverTest {
    private final List<CompletableFuture<Trace>> sent = new ArrayList<>();

    @Test
    void aClientSendsItsNextRequestWhenTheAnswerIsComplete() throws Exception {
        var running = CompletableFuture.supplyAsync(() -> run(new Workload(List.of(lane(2, true), lane(1, true)))));
        awaitSent(2);
        assertThat(running).isNotDone();

        sent.get(0).complete(trace(3));
        awaitSent(3);
        sent.get(1).complete(trace(4));
        sent.get(2).complete(trace(5));

        assertThat(running.get().tokens()).isEqualTo(12);
        assertThat(running.get().observed()).hasSize(3);
    }

    @Test
    void tokensOfUnobservedClientsCountButTheirLatenciesDoNot() throws Exception {
        var running = CompletableFuture.supplyAsync(() -> run(new Workload(List.of(lane(1, true), lane(1, false)))));
        awaitSent(2);
        sent.get(0).complete(trace(3));
        sent.get(1).complete(trace(4));

        assertThat(running.get().tokens()).isEqualTo(7);
        assertThat(running.get().observed()).hasSize(1);
    }

    @Test
    void aRequestThatFailsFailsTheRun() throws Exception {
        var running = CompletableFuture.supplyAsync(() -> run(new Workload(List.of(lane(1, true)))));
        awaitSent(1);
        sent.get(0).completeExceptionally(new IllegalStateException("status 503"));

        assertThatThrownBy(running::get).isInstanceOf(ExecutionException.class).hasStackTraceContaining("status 503");
    }

    private LoadResult run(Workload workload) {
        try {
            return new LoadDriver(new FakeClient()).run(workload);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitSent(int requests) throws InterruptedException {
        synchronized (sent) {
            while (sent.size() < requests) {
                sent.wait();
            }
        }
    }

    private static Lane lane(int requests, boolean observed) {
        var request = Request.plain(new Prompt("p", List.of(1)), 4, Sampler.GREEDY, 1);
        return new Lane(Duration.ZERO, Collections.nCopies(requests, request), observed);
    }

    private static Trace trace(int tokens) {
        var events = new EventTimes();
        events.add(20);
        return new Trace(10, events, 30, tokens);
    }

    private final class FakeClient implements StreamClient {
        @Override
        public CompletionStage<Trace> send(Request request) {
            var answer = new CompletableFuture<Trace>();
            synchronized (sent) {
                sent.add(answer);
                sent.notifyAll();
            }
            return answer;
        }

        @Override
        public void close() {}
    }
}
