package dev.quantgate.worker.llamacpp.schedule;

import static dev.quantgate.worker.llamacpp.schedule.Requests.numbers;
import static dev.quantgate.worker.llamacpp.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DecodeLoopTest {
    private final FakeEngine engine = new FakeEngine(4096, 16, 256);
    private final DecodeLoop loop =
            new DecodeLoop("decode-test", engine, null, new LoopSettings(4, Duration.ofMillis(50), 2048, 16));

    @AfterEach
    void closeLoop() {
        loop.close();
        assertThat(engine.closed).isTrue();
    }

    private static String end(Requests one) throws Exception {
        return one.outlet.ended.get(20, TimeUnit.SECONDS);
    }

    @Test
    void concurrentRequestsGetTheirOwnTexts() throws Exception {
        var all = new ArrayList<Requests>();
        for (int i = 0; i < 40; i++) {
            var one = request().prompt(numbers(20 + i, i)).maxTokens(30);
            all.add(one);
            loop.submit(one.build());
        }

        for (var one : all) {
            assertThat(end(one)).isEqualTo("LENGTH");
            assertThat(one.outlet.tokens).isEqualTo(FakeEngine.expectedText(one.prompt(), 30));
        }
        assertThat(loop.statistics()).containsEntry("generated_tokens", 1200.0);
    }

    @Test
    void creditWakesAPausedStream() throws Exception {
        var paused = new CountDownLatch(1);
        var one = request().maxTokens(10).credits(4);
        one.outlet.onToken = () -> {
            if (one.outlet.credits.get() == 0) {
                paused.countDown();
            }
        };
        loop.submit(one.build());
        paused.await();

        one.outlet.credits.addAndGet(100);
        loop.wake();

        assertThat(end(one)).isEqualTo("LENGTH");
        assertThat(one.outlet.tokens).isEqualTo(FakeEngine.expectedText(one.prompt(), 10));
    }

    @Test
    void aStalledStreamGivesWayAndComesBack() throws Exception {
        var stalled = new ArrayList<Requests>();
        for (int i = 0; i < 4; i++) {
            var one = request().prompt(numbers(20, i)).maxTokens(10).credits(2);
            stalled.add(one);
            loop.submit(one.build());
        }
        var other = request().maxTokens(3);
        loop.submit(other.build());

        assertThat(end(other)).isEqualTo("LENGTH");
        for (var one : stalled) {
            one.outlet.credits.addAndGet(100);
            loop.wake();
            assertThat(end(one)).isEqualTo("LENGTH");
            assertThat(one.outlet.tokens).isEqualTo(FakeEngine.expectedText(one.prompt(), 10));
        }
    }

    @Test
    void aDeadlineEndsAStalledStream() throws Exception {
        var one = request()
                .maxTokens(10)
                .credits(2)
                .deadlineIn(Duration.ofMillis(50).toNanos());
        loop.submit(one.build());

        assertThat(end(one)).isEqualTo("DEADLINE_EXCEEDED");
    }

    @Test
    void anEngineFailureEndsTheRequestsAndTheLoopGoesOn() throws Exception {
        engine.duringNextDecode(() -> {
            throw new IllegalStateException("native abort");
        });
        var first = request();
        loop.submit(first.build());
        assertThat(end(first)).isEqualTo("BACKEND_CRASHED");

        var second = request().maxTokens(2);
        loop.submit(second.build());
        assertThat(end(second)).isEqualTo("LENGTH");
        assertThat(second.outlet.tokens).isEqualTo(FakeEngine.expectedText(second.prompt(), 2));
    }

    @Test
    void abortEndsEverythingAndRefusesMore() throws Exception {
        var running = request().maxTokens(1_000_000).contextTokens(1_000_000);
        var started = new CountDownLatch(1);
        running.outlet.onToken = started::countDown;
        loop.submit(running.build());
        started.await();

        loop.abort();
        loop.close();

        assertThat(end(running)).isEqualTo("UNAVAILABLE");
        var late = request();
        loop.submit(late.build());
        assertThat(end(late)).isEqualTo("UNAVAILABLE");
    }

    @Test
    void closeLetsRunningRequestsFinish() throws Exception {
        var running = request().maxTokens(500);
        loop.submit(running.build());

        loop.close();

        assertThat(end(running)).isEqualTo("LENGTH");
    }

    @Test
    void anIdleLoopUsesNoProcessorTime() throws Exception {
        var one = request();
        loop.submit(one.build());
        end(one);
        var threads = ManagementFactory.getThreadMXBean();
        var id = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("decode-test"))
                .findFirst()
                .orElseThrow()
                .getId();
        new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
        var before = threads.getThreadCpuTime(id);
        new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);

        assertThat(threads.getThreadCpuTime(id) - before)
                .isLessThan(Duration.ofMillis(5).toNanos());
    }
}
