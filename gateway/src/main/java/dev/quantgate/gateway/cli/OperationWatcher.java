package dev.quantgate.gateway.cli;

import com.google.longrunning.Operation;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.quantgate.v1.OperationProgress;
import dev.quantgate.v1.OperationServiceGrpc;
import dev.quantgate.v1.WatchOperationRequest;
import io.grpc.Channel;
import io.grpc.Status;

/** Follows an operation to its end and shows its progress. */
final class OperationWatcher {
    private static final int BAR = 24;

    private final Channel channel;
    private final Console console;

    OperationWatcher(Channel channel, Console console) {
        this.channel = channel;
        this.console = console;
    }

    /**
     * Returns the operation when it has succeeded.
     *
     * @throws CliException if it failed or was cancelled
     */
    Operation watch(String name) {
        var request = WatchOperationRequest.newBuilder().setName(name).build();
        var states = OperationServiceGrpc.newBlockingStub(channel).watchOperation(request);
        var last = Operation.getDefaultInstance();
        var lastTenth = -1;
        while (states.hasNext()) {
            last = states.next();
            if (console.json()) {
                console.message(last);
                continue;
            }
            var progress = progress(last);
            if (console.interactive()) {
                console.status(bar(progress));
            } else if ((int) (progress.getFraction() * 10) > lastTenth) {
                lastTenth = (int) (progress.getFraction() * 10);
                console.note(bar(progress).stripTrailing());
            }
        }
        if (console.interactive()) {
            console.status("");
        }
        if (last.hasError()) {
            var status = Status.fromCodeValue(last.getError().getCode());
            throw new CliException(
                    ExitCodes.of(status.getCode()),
                    name + ": " + last.getError().getMessage());
        }
        if (!last.getDone()) {
            throw new CliException(ExitCodes.UNAVAILABLE, name + ": the stream ended before the operation did");
        }
        return last;
    }

    static OperationProgress progress(Operation operation) {
        try {
            return operation.getMetadata().is(OperationProgress.class)
                    ? operation.getMetadata().unpack(OperationProgress.class)
                    : OperationProgress.getDefaultInstance();
        } catch (InvalidProtocolBufferException unreadable) {
            return OperationProgress.getDefaultInstance();
        }
    }

    private static String bar(OperationProgress progress) {
        var filled = (int) Math.round(progress.getFraction() * BAR);
        return String.format(
                "[%s%s] %3.0f%%  %s",
                "#".repeat(filled), ".".repeat(BAR - filled), progress.getFraction() * 100, progress.getStep());
    }
}
