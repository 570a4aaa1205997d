package dev.quantgate.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.Rpc;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.v1.DrainWorkerRequest;
import dev.quantgate.v1.GenerateRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.v1.ListWorkersRequest;
import dev.quantgate.v1.Worker;
import dev.quantgate.v1.WorkerServiceGrpc;
import dev.quantgate.v1.WorkerState;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WorkerServiceTest {
    private final FakeWorker first = new FakeWorker("w1").with(Records.model("smol"), "smol:source");
    private final FakeWorker lost = new FakeWorker("w2");
    private final FakeDirectory directory = new FakeDirectory(first, lost).lose(lost);
    private final TestGateway gateway = TestGateway.over(directory);

    @AfterEach
    void close() {
        gateway.close();
    }

    private WorkerServiceGrpc.WorkerServiceBlockingStub client() {
        return WorkerServiceGrpc.newBlockingStub(gateway.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @Test
    void listsTheWorkersWithTheirState() {
        var workers =
                client().listWorkers(ListWorkersRequest.getDefaultInstance()).getWorkersList();

        assertThat(workers).extracting(Worker::getName).containsExactly("workers/w1", "workers/w2");
        assertThat(workers)
                .extracting(Worker::getState)
                .containsExactly(WorkerState.WORKER_STATE_READY, WorkerState.WORKER_STATE_LOST);
        var worker = workers.get(0);
        assertThat(worker.getBackend()).isEqualTo("llama.cpp");
        assertThat(worker.getCpuVariant()).isEqualTo("haswell");
        assertThat(worker.getConnectTime().getSeconds()).isEqualTo(FakeDirectory.CONNECTED_AT.getEpochSecond());
        assertThat(worker.getLoadedVariantsList()).containsExactly("models/smol/variants/source");
        assertThat(worker.getStatisticsMap()).containsEntry("batch", 1.5);
    }

    @Test
    void aDrainedWorkerGetsNothingNew() {
        first.state(List.of("smol:source"), false, 3);

        var drained = client().drainWorker(
                        DrainWorkerRequest.newBuilder().setName("workers/w1").build());
        var failure = catchThrowable(() -> InferenceServiceGrpc.newBlockingStub(gateway.channel())
                .generate(GenerateRequest.newBuilder()
                        .setModel("smol")
                        .setPrompt("a")
                        .build())
                .next());

        assertThat(drained.getRunningRequests()).isEqualTo(3);
        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(client().listWorkers(ListWorkersRequest.getDefaultInstance())
                        .getWorkers(0)
                        .getState())
                .isEqualTo(WorkerState.WORKER_STATE_DRAINING);
    }

    @Test
    void anUnknownWorkerIsNotFound() throws Exception {
        var failure = catchThrowable(() -> client().drainWorker(
                        DrainWorkerRequest.newBuilder().setName("workers/w9").build()));

        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(Rpc.reason(failure)).isEqualTo("WORKER_NOT_FOUND");
    }
}
