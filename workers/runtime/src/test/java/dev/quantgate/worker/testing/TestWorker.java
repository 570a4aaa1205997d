package dev.quantgate.worker.testing;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput;
import dev.quantgate.worker.api.inference.GenerationOptions;
import dev.quantgate.worker.api.inference.Sampling;
import dev.quantgate.worker.runtime.LocalWorker;
import dev.quantgate.worker.store.ModelStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** A worker with a {@link FakeBackend} on a store, with the calls that tests make all the time. */
public final class TestWorker implements AutoCloseable {
    public final FakeBackend backend = new FakeBackend();
    public final Path root;
    public final LocalWorker worker;

    public TestWorker(Path root) {
        this(root, Duration.ZERO, Duration.ofSeconds(5));
    }

    public TestWorker(Path root, Duration idleUnload, Duration leaseTtl) {
        this.root = root;
        this.worker =
                new LocalWorker("fake-" + UUID.randomUUID(), backend, ModelStore.open(root), idleUnload, leaseTtl);
    }

    /** Imports a model and waits until it is there. */
    public OperationRecord importModel(String name, String type) throws Exception {
        var file = Files.createTempFile("model", ".fake");
        Files.writeString(file, FakeBackend.model(type, "weights of " + name));
        var started =
                Await.result(worker.importModel(new ImportRequest(name, file, "", "", ""), CallContext.of("import")));
        var ended = end(started.id());
        Files.delete(file);
        return ended;
    }

    public OperationRecord quantize(String model, String type) throws Exception {
        return Await.result(worker.quantizeModel(request(model, type), CallContext.of("quantize")));
    }

    public static QuantizeRequest request(String model, String type) {
        return new QuantizeRequest(model, type, "", false, Optional.empty(), false);
    }

    /** Waits for the end of an operation. */
    public OperationRecord end(String operation) throws Exception {
        var watch = new Recorder<OperationRecord>();
        worker.watchOperation(operation, CallContext.of("watch"), watch);
        var items = Await.result(watch.end);
        return items.get(items.size() - 1);
    }

    public Recorder<GenerateEvent> generate(ModelRef model, String prompt, CallContext context) {
        var recorder = new Recorder<GenerateEvent>();
        worker.generate(generation(model, prompt), context, recorder);
        return recorder;
    }

    public static GenerateRequest generation(ModelRef model, String prompt) {
        return new GenerateRequest(
                model, new GenerationInput.Prompt(prompt, false), Sampling.GREEDY, GenerationOptions.DEFAULT);
    }

    public Path variant(String model, String variant) {
        return root.resolve("models").resolve(model).resolve("variants").resolve(variant);
    }

    @Override
    public void close() {
        worker.close();
    }
}
