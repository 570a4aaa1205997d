package dev.quantgate.worker.api;

import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Everything a worker does for a gateway. The runtime implements it beside a backend; the bus client implements it at
 * the gateway's end, so both ends speak one language. Stages fail with {@link WorkerException}. Thread-safe, never
 * blocks.
 */
public interface Worker {
    /** The present status; at the gateway's end the last one heard. */
    WorkerStatus status();

    /** Models of the store that this worker's backend serves. */
    CompletionStage<List<ModelRecord>> listModels(CallContext context);

    CompletionStage<ModelRecord> getModel(String model, CallContext context);

    /** Starts or joins an import; the record says which. */
    CompletionStage<OperationRecord> importModel(ImportRequest request, CallContext context);

    /** Deletes a model, or one variant if the reference names it. */
    CompletionStage<Void> deleteModel(ModelRef model, CallContext context);

    /** Copies a LoRA adapter, a file of the worker's host, into the store; completes when requests can use it. */
    CompletionStage<AdapterRecord> importAdapter(AdapterRef adapter, Path source, CallContext context);

    /** Deletes a LoRA adapter; requests that use it finish. */
    CompletionStage<Void> deleteAdapter(AdapterRef adapter, CallContext context);

    /** The saved sessions of a model, ordered by name. */
    CompletionStage<List<SessionRecord>> listSessions(String model, CallContext context);

    CompletionStage<Void> deleteSession(SessionRef session, CallContext context);

    /** Loads a variant, or changes how long a loaded one stays, and completes when it is ready. */
    CompletionStage<LoadOutcome> loadModel(ModelRef model, LoadSettings settings, CallContext context);

    /** Unloads one variant or all; completes with the {@code model:variant} names that left memory. */
    CompletionStage<List<String>> unloadModel(ModelRef model, CallContext context);

    /** Starts or joins a quantisation, or returns the finished operation of an existing variant. */
    CompletionStage<OperationRecord> quantizeModel(QuantizeRequest request, CallContext context);

    CompletionStage<List<QuantizationType>> quantizationTypes(CallContext context);

    /** Operations of the store, newest first. */
    CompletionStage<List<OperationRecord>> listOperations(CallContext context);

    CompletionStage<OperationRecord> getOperation(String id, CallContext context);

    /** Asks an operation to stop; completes when the request is recorded, wherever the operation runs. */
    CompletionStage<OperationRecord> cancelOperation(String id, CallContext context);

    /** Forgets a finished operation. */
    CompletionStage<Void> deleteOperation(String id, CallContext context);

    /** Streams the operation's present state, then each change, and ends after a final one. */
    StreamHandle watchOperation(String id, CallContext context, StreamSink<OperationRecord> sink);

    /** Starts a generation; loads the model first if need be. Every failure reaches the sink. */
    StreamHandle generate(GenerateRequest request, CallContext context, StreamSink<GenerateEvent> sink);

    /** Runs a task with one answer; loads the model first if need be. */
    <R extends TextResult> CompletionStage<R> run(TextTask<R> task, CallContext context);

    /** Takes nothing new; completes with the number of requests still running after {@code limit} at most. */
    CompletionStage<Integer> drain(Duration limit, CallContext context);
}
