package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Item;
import dev.quantgate.bus.v1.WireBus.Open;
import dev.quantgate.bus.v1.WireCalls.Call;
import dev.quantgate.bus.v1.WireCommon.CallHeader;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.StreamHandle;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Starts what gateways ask for. What it throws refuses the request; what goes wrong later reaches the gateway as an end. */
final class Starter {
    private static final int MAX_WINDOW = 1024;

    private final Vertx vertx;
    private final Context context;
    private final Bus bus;
    private final Services services;
    private final Outbox outbox;
    private final Worker worker;

    Starter(Vertx vertx, Context context, Bus bus, Services services, Worker worker) {
        this.vertx = vertx;
        this.context = context;
        this.bus = bus;
        this.services = services;
        this.outbox = new Outbox(context);
        this.worker = worker;
    }

    void open(Open open) {
        requireNew(open.getHeader());
        if (open.getInitialWindow() < 1 || open.getInitialWindow() > MAX_WINDOW) {
            throw new IllegalArgumentException(
                    "initial_window: " + open.getInitialWindow() + " (expected: 1 to " + MAX_WINDOW + ")");
        }
        if (open.hasExpectation()) {
            throw WorkerFailure.of(FailureKind.FAILED_PRECONDITION, "this worker cannot check a model's identity")
                    .asException();
        }
        switch (open.getTaskCase()) {
            case GENERATE -> {
                var request = GenerationMapping.fromWire(open.getGenerate());
                this.<GenerateEvent>stream(
                        open, ItemMapping::toWire, (call, sink) -> worker.generate(request, call, sink));
            }
            case WATCH_OPERATION ->
                this.<OperationRecord>stream(
                        open,
                        ItemMapping::toWire,
                        (call, sink) -> worker.watchOperation(open.getWatchOperation(), call, sink));
            case TASK_NOT_SET -> throw new MappingException("task of a stream", open.getTaskCase());
        }
    }

    void call(Call call) {
        requireNew(call.getHeader());
        var service = new CallService(vertx, bus, services, call.getHeader());
        // The result may come on any thread.
        begin(
                service,
                () -> CallDispatch.invoke(worker, call, service.call())
                        .whenComplete((reply, cause) -> context.runOnContext(v -> {
                            if (cause == null) {
                                service.answer(reply);
                            } else {
                                service.answer(Failures.of(cause, service.call().requestId()));
                            }
                        })));
    }

    private <T> void stream(
            Open open, Function<T, Item> encoder, BiFunction<CallContext, StreamSink<T>, StreamHandle> task) {
        var stream =
                new StreamService<>(vertx, bus, services, outbox, open.getHeader(), open.getInitialWindow(), encoder);
        begin(stream, () -> stream.started(task.apply(stream.call(), stream)));
    }

    private static void begin(Service service, Runnable work) {
        service.begin();
        var begun = false;
        try {
            work.run();
            begun = true;
        } finally {
            if (!begun) {
                service.close();
            }
        }
    }

    private void requireNew(CallHeader header) {
        if (services.find(header.getReplyAddress(), header.getId()) != null) {
            throw new IllegalArgumentException("id: " + header.getId() + " (expected: one that is not in use)");
        }
    }
}
