package dev.quantgate.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Duration;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import dev.quantgate.gateway.testing.Eventually;
import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeOperation;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.Rpc;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.v1.OperationProgress;
import dev.quantgate.v1.OperationServiceGrpc;
import dev.quantgate.v1.QuantizeModelResponse;
import dev.quantgate.v1.WatchOperationRequest;
import dev.quantgate.worker.api.OperationState;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OperationServiceTest {
    private final FakeWorker first = new FakeWorker("w1").with(Records.model("smol"));
    private final FakeWorker second = new FakeWorker("w2", "llama.cpp", "store-2");
    private final FakeOperation running = new FakeOperation(Records.operation("op1", OperationState.RUNNING));
    private final TestGateway gateway = TestGateway.over(new FakeDirectory(first, second));

    OperationServiceTest() {
        second.operations.put("op1", running);
        first.operations.put("op2", new FakeOperation(Records.operation("op2", OperationState.SUCCEEDED)));
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private <P extends Message> P call(String method, Message request, P response) {
        return Rpc.unary(gateway.channel(), "google.longrunning.Operations/" + method, request, response);
    }

    @Test
    void listsTheOperationsOfAllStoresInPages() {
        var names = new ArrayList<String>();
        var token = "";
        do {
            var page = call(
                    "ListOperations",
                    ListOperationsRequest.newBuilder()
                            .setPageSize(1)
                            .setPageToken(token)
                            .build(),
                    ListOperationsResponse.getDefaultInstance());
            page.getOperationsList().forEach(operation -> names.add(operation.getName()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(names).containsExactlyInAnyOrder("operations/op1", "operations/op2");
    }

    @Test
    void refusesAFilter() {
        var failure = catchThrowable(() -> call(
                "ListOperations",
                ListOperationsRequest.newBuilder().setFilter("done=true").build(),
                ListOperationsResponse.getDefaultInstance()));

        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void findsAnOperationInWhicheverStoreItIs() throws Exception {
        var operation = call(
                "GetOperation",
                GetOperationRequest.newBuilder().setName("operations/op1").build(),
                Operation.getDefaultInstance());

        var progress = operation.getMetadata().unpack(OperationProgress.class);
        assertThat(progress.getTarget()).isEqualTo("models/smol/variants/Q8_0");
        assertThat(progress.getWorker()).isEqualTo("workers/w1");
        assertThat(progress.getStep()).isEqualTo("quantising blk.0");
        assertThat(progress.getCallers()).isEqualTo(1);
    }

    @Test
    void anUnknownOperationIsNotFound() throws Exception {
        var failure = catchThrowable(() -> call(
                "GetOperation",
                GetOperationRequest.newBuilder().setName("operations/op9").build(),
                Operation.getDefaultInstance()));

        assertThat(Rpc.code(failure)).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(Rpc.reason(failure)).isEqualTo("OPERATION_NOT_FOUND");
    }

    @Test
    void cancelsAndDeletes() {
        call(
                "CancelOperation",
                CancelOperationRequest.newBuilder().setName("operations/op1").build(),
                Empty.getDefaultInstance());
        call(
                "DeleteOperation",
                DeleteOperationRequest.newBuilder().setName("operations/op2").build(),
                Empty.getDefaultInstance());

        assertThat(second.calls).contains("cancel op1");
        assertThat(first.operations).isEmpty();
    }

    @Test
    void waitsForTheEnd() {
        var waiting = CompletableFuture.supplyAsync(() -> call(
                "WaitOperation",
                WaitOperationRequest.newBuilder().setName("operations/op1").build(),
                Operation.getDefaultInstance()));
        Eventually.assertTrue("somebody watches", () -> running.watchers() == 1);

        running.move(Records.operation("op1", OperationState.FAILED));

        var operation = waiting.join();
        assertThat(operation.getDone()).isTrue();
        assertThat(operation.getError().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED.value());
    }

    @Test
    void aWaitThatTimesOutReturnsThePresentState() {
        var operation = call(
                "WaitOperation",
                WaitOperationRequest.newBuilder()
                        .setName("operations/op1")
                        .setTimeout(Duration.newBuilder().setNanos(50_000_000))
                        .build(),
                Operation.getDefaultInstance());

        assertThat(operation.getDone()).isFalse();
        Eventually.assertTrue("nobody watches", () -> running.watchers() == 0);
    }

    @Test
    void watchStreamsEachChangeAndEnds() throws Exception {
        var seen = CompletableFuture.supplyAsync(() -> {
            List<Operation> all = new ArrayList<>();
            OperationServiceGrpc.newBlockingStub(gateway.channel())
                    .watchOperation(WatchOperationRequest.newBuilder()
                            .setName("operations/op1")
                            .build())
                    .forEachRemaining(all::add);
            return all;
        });
        Eventually.assertTrue("somebody watches", () -> running.watchers() == 1);

        running.move(Records.operation("op1", OperationState.PUBLISHING));
        running.move(Records.operation("op1", OperationState.SUCCEEDED));

        assertThat(seen.join()).extracting(Operation::getDone).containsExactly(false, false, true);
        var response = seen.join().get(2).getResponse().unpack(QuantizeModelResponse.class);
        assertThat(response.getModel().getModelType()).isEqualTo("llama");
    }
}
