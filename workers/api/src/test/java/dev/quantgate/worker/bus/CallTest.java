package dev.quantgate.worker.bus;

import static dev.quantgate.worker.bus.LocalBus.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CallTest {
    private final Cancellation cancellation = new Cancellation();
    private final BlockingQueue<CallContext> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<ModelRecord> answer = new CompletableFuture<>();
    private LocalBus bus;
    private WorkerEndpoint endpoint;
    private Worker client;

    @BeforeEach
    void start() throws Exception {
        bus = new LocalBus();
        endpoint = bus.serve(new FakeWorker("w1") {
            @Override
            public CompletionStage<ModelRecord> getModel(String model, CallContext context) {
                heard.add(context);
                return answer;
            }
        });
        client = bus.client("w1");
    }

    @AfterEach
    void close() throws Exception {
        bus.close();
    }

    @Test
    void theContextArrives() throws Exception {
        client.getModel("smol", new CallContext("req-7", Duration.ofSeconds(9), "alice", cancellation));

        var context = take();

        assertThat(context.requestId()).isEqualTo("req-7");
        assertThat(context.timeout()).isEqualTo(Duration.ofSeconds(9));
        assertThat(context.client()).isEqualTo("alice");
    }

    @Test
    void noTimeoutStaysNone() throws Exception {
        client.getModel("smol", CallContext.of("r"));

        assertThat(take().timeout()).isEqualTo(CallContext.NO_TIMEOUT);
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void failuresOfEveryKindArriveWithAllFields(FailureKind kind) throws Exception {
        var failure = new WorkerFailure(kind, "message", "field", Duration.ofMillis(7));
        answer.completeExceptionally(failure.asException());

        var result = client.getModel("smol", CallContext.of("r"));

        assertThat(failureOf(result)).contains(failure);
        bus.assertIdle(endpoint);
    }

    @Test
    void aBugArrivesAsInternalWithoutItsText() throws Exception {
        answer.completeExceptionally(new IllegalStateException("secret"));

        var result = client.getModel("smol", CallContext.of("r"));

        assertThat(failureOf(result)).contains(WorkerFailure.of(FailureKind.INTERNAL, "internal error"));
        bus.assertIdle(endpoint);
    }

    @Test
    void cancellingACallReachesTheWorker() throws Exception {
        var result = client.getModel("smol", new CallContext("r", Duration.ofSeconds(9), "", cancellation));
        var stopped = new CompletableFuture<Void>();
        take().cancellation().onCancel(() -> stopped.complete(null));

        cancellation.cancel();

        assertThat(failureOf(result)).map(WorkerFailure::kind).contains(FailureKind.CANCELLED);
        stopped.get(10, TimeUnit.SECONDS);
        bus.assertIdle(endpoint);
    }

    @Test
    void theDeadlineEndsACall() throws Exception {
        var result = client.getModel("smol", new CallContext("r", Duration.ofMillis(20), "", cancellation));
        var stopped = new CompletableFuture<Void>();
        take().cancellation().onCancel(() -> stopped.complete(null));

        assertThat(failureOf(result)).map(WorkerFailure::kind).contains(FailureKind.DEADLINE_EXCEEDED);
        stopped.get(10, TimeUnit.SECONDS);
        bus.assertIdle(endpoint);
    }

    @Test
    void closingTheEndpointEndsCallsAsUnavailable() throws Exception {
        var result = client.getModel("smol", CallContext.of("r"));
        take();

        await(endpoint.close());

        assertThat(failureOf(result)).map(WorkerFailure::kind).contains(FailureKind.UNAVAILABLE);
        assertThat(bus.clients.inFlight()).isZero();
    }

    @Test
    void anAnswerBehindTheEndIsIgnored() throws Exception {
        var result = client.getModel("smol", new CallContext("r", Duration.ofMillis(20), "", cancellation));
        assertThat(failureOf(result)).map(WorkerFailure::kind).contains(FailureKind.DEADLINE_EXCEEDED);

        answer.completeExceptionally(Samples.FAILURE.asException());

        bus.assertIdle(endpoint);
        assertThat(failureOf(result)).map(WorkerFailure::kind).contains(FailureKind.DEADLINE_EXCEEDED);
    }

    private CallContext take() throws InterruptedException {
        var context = heard.poll(10, TimeUnit.SECONDS);
        if (context == null) {
            throw new AssertionError("no call has arrived");
        }
        return context;
    }

    private static Optional<WorkerFailure> failureOf(CompletionStage<?> stage) {
        var thrown = catchThrowable(() -> stage.toCompletableFuture().get(10, TimeUnit.SECONDS));
        return thrown == null ? Optional.empty() : WorkerFailure.find(thrown);
    }
}
