package dev.quantgate.gateway.grpc;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Empty;
import dev.quantgate.gateway.convert.OperationMessages;
import dev.quantgate.gateway.convert.Pages;
import dev.quantgate.gateway.convert.ResourceNames;
import dev.quantgate.gateway.routing.OperationView;
import dev.quantgate.gateway.routing.OperationWait;
import dev.quantgate.gateway.routing.Operations;
import dev.quantgate.v1.WatchOperationRequest;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** {@code google.longrunning.Operations} and {@code quantgate.v1.OperationService}. */
final class OperationRpcs {
    static final String NAME = "google.longrunning.Operations";
    static final String WATCH_NAME = "quantgate.v1.OperationService";

    private final Operations operations;
    private final OperationWait wait;

    OperationRpcs(Operations operations) {
        this.operations = operations;
        this.wait = new OperationWait(operations);
    }

    void bind(Rpcs rpcs) {
        rpcs.unary("ListOperations", ListOperationsRequest::getDefaultInstance, this::list)
                .unary("GetOperation", GetOperationRequest::getDefaultInstance, this::get)
                .unary("DeleteOperation", DeleteOperationRequest::getDefaultInstance, this::delete)
                .unary("CancelOperation", CancelOperationRequest::getDefaultInstance, this::cancel)
                .unary("WaitOperation", WaitOperationRequest::getDefaultInstance, this::await);
    }

    void bindWatch(Rpcs rpcs) {
        rpcs.streaming("WatchOperation", WatchOperationRequest::getDefaultInstance, this::watch);
    }

    private CompletionStage<ListOperationsResponse> list(ListOperationsRequest request, CallContext call) {
        if (!request.getFilter().isEmpty()) {
            throw WorkerFailure.invalid("filter", "(expected: empty; operations cannot be filtered)")
                    .asException();
        }
        if (!request.getName().isEmpty() && !request.getName().equals("operations")) {
            throw WorkerFailure.invalid("name", "(expected: operations, or empty)")
                    .asException();
        }
        return operations.list(call).thenApply(all -> {
            var page = Pages.cut(all, OperationRpcs::newestFirst, request.getPageSize(), request.getPageToken());
            var response = ListOperationsResponse.newBuilder().setNextPageToken(page.nextToken());
            // A list leaves out the models: GetOperation has them.
            page.items().stream()
                    .map(operation -> OperationMessages.operation(new OperationView(operation, Optional.empty())))
                    .forEach(response::addOperations);
            return response.build();
        });
    }

    private CompletionStage<Operation> get(GetOperationRequest request, CallContext call) {
        var id = ResourceNames.parseOperation(request.getName(), "name");
        return operations.get(id, call).thenCompose(operation -> message(operation, call));
    }

    private CompletionStage<Empty> delete(DeleteOperationRequest request, CallContext call) {
        var id = ResourceNames.parseOperation(request.getName(), "name");
        return operations.delete(id, call).thenApply(deleted -> Empty.getDefaultInstance());
    }

    private CompletionStage<Empty> cancel(CancelOperationRequest request, CallContext call) {
        var id = ResourceNames.parseOperation(request.getName(), "name");
        return operations.cancel(id, call).thenApply(cancelled -> Empty.getDefaultInstance());
    }

    /** Answers with the operation when it is final, or as it is once the request's timeout has passed. */
    private CompletionStage<Operation> await(WaitOperationRequest request, CallContext call) {
        var id = ResourceNames.parseOperation(request.getName(), "name");
        var timeout = request.hasTimeout()
                ? Duration.ofSeconds(
                        request.getTimeout().getSeconds(), request.getTimeout().getNanos())
                : CallContext.NO_TIMEOUT;
        if (timeout.isNegative()) {
            throw WorkerFailure.invalid("timeout", "negative (expected: >= 0)").asException();
        }
        // The wait ends before the call does, so it has a switch of its own.
        var waiting = new Cancellation();
        call.cancellation().onCancel(waiting::cancel);
        return wait.untilFinal(id, new CallContext(call.requestId(), call.timeout(), call.client(), waiting))
                .toCompletableFuture()
                .thenApply(Optional::of)
                .completeOnTimeout(Optional.empty(), timeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((ended, failure) -> waiting.cancel())
                .thenCompose(
                        ended -> ended.map(CompletableFuture::completedStage).orElseGet(() -> operations.get(id, call)))
                .thenCompose(operation -> message(operation, call));
    }

    private StreamHandle watch(WatchOperationRequest request, CallContext call, StreamSink<Operation> sink) {
        var id = ResourceNames.parseOperation(request.getName(), "name");
        return operations.watch(id, call, new ViewedSink(operation -> message(operation, call), sink));
    }

    private CompletionStage<Operation> message(OperationRecord operation, CallContext call) {
        return operations.view(operation, call).thenApply(OperationMessages::operation);
    }

    private static String newestFirst(OperationRecord operation) {
        var age = Long.MAX_VALUE - operation.createdAt().toEpochMilli();
        return String.format(Locale.ROOT, "%019d-%s", age, operation.id());
    }
}
