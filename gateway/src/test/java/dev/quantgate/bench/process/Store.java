package dev.quantgate.bench.process;

import com.google.longrunning.Operation;
import dev.quantgate.v1.DeleteModelRequest;
import dev.quantgate.v1.ImportModelRequest;
import dev.quantgate.v1.ListModelsRequest;
import dev.quantgate.v1.ListWorkersRequest;
import dev.quantgate.v1.LoadModelRequest;
import dev.quantgate.v1.ModelServiceGrpc;
import dev.quantgate.v1.OperationServiceGrpc;
import dev.quantgate.v1.QuantizeModelRequest;
import dev.quantgate.v1.WatchOperationRequest;
import dev.quantgate.v1.WorkerServiceGrpc;
import io.grpc.Channel;
import java.nio.file.Path;

/** The models of a gateway, through its gRPC API. */
public final class Store {
    /** Name of the measured model. */
    public static final String MODEL = "bench";

    private final ModelServiceGrpc.ModelServiceBlockingStub models;
    private final OperationServiceGrpc.OperationServiceBlockingStub operations;
    private final WorkerServiceGrpc.WorkerServiceBlockingStub workers;

    public Store(Channel channel) {
        models = ModelServiceGrpc.newBlockingStub(channel);
        operations = OperationServiceGrpc.newBlockingStub(channel);
        workers = WorkerServiceGrpc.newBlockingStub(channel);
    }

    /** Imports a file as {@link #MODEL} unless that is there. */
    public void importOnce(Path file) {
        var there = models.listModels(ListModelsRequest.getDefaultInstance()).getModelsList().stream()
                .anyMatch(model -> model.getName().equals("models/" + MODEL));
        if (!there) {
            finish(models.importModel(ImportModelRequest.newBuilder()
                    .setModelId(MODEL)
                    .setSourceUri(file.toAbsolutePath().toString())
                    .build()));
        }
    }

    /** Loads the model. */
    public void load() {
        var unused = models.loadModel(
                LoadModelRequest.newBuilder().setName("models/" + MODEL).build());
    }

    /** Quantises the model and returns when the variant is published. */
    public void quantize(String type) {
        finish(models.quantizeModel(QuantizeModelRequest.newBuilder()
                .setName("models/" + MODEL)
                .setQuantizationType(type)
                .setAllowRequantize(true)
                .build()));
    }

    /** Deletes a quantised variant. */
    public void deleteVariant(String type) {
        var unused = models.deleteModel(DeleteModelRequest.newBuilder()
                .setName("models/" + MODEL + "/variants/" + type)
                .build());
    }

    /** A figure of the worker that has the model loaded, summed over workers. */
    public double statistic(String name) {
        return workers.listWorkers(ListWorkersRequest.getDefaultInstance()).getWorkersList().stream()
                .mapToDouble(worker -> worker.getStatisticsOrDefault(name, 0))
                .sum();
    }

    private void finish(Operation started) {
        var last = started;
        var changes = operations.watchOperation(
                WatchOperationRequest.newBuilder().setName(started.getName()).build());
        while (changes.hasNext()) {
            last = changes.next();
        }
        if (!last.getDone() || last.hasError()) {
            throw new IllegalStateException(
                    last.getName() + ": " + last.getError().getMessage());
        }
    }
}
