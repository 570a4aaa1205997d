package dev.quantgate.gateway.http;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures as HTTP statuses. */
public final class HttpFailures {
    private static final Logger LOG = LoggerFactory.getLogger(HttpFailures.class);
    /** What a client learns of a bug. */
    static final String BUG = "internal error";

    private HttpFailures() {}

    /** The status of each kind; a new kind does not compile until someone picks its status. */
    public static int status(FailureKind kind) {
        return switch (kind) {
            case INVALID_REQUEST -> 400;
            case MODEL_NOT_FOUND, VARIANT_NOT_FOUND, ADAPTER_NOT_FOUND, SESSION_NOT_FOUND, OPERATION_NOT_FOUND -> 404;
            case ALREADY_EXISTS, FAILED_PRECONDITION, FENCED -> 409;
            case UNSUPPORTED, INVALID_MODEL -> 422;
            case QUEUE_FULL -> 429;
            case CANCELLED -> 499;
            case INTERNAL, DATA_LOSS -> 500;
            case UNAVAILABLE, BACKEND_CRASHED -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case OUT_OF_MEMORY, DISK_FULL, STORE_READ_ONLY -> 507;
        };
    }

    /** The planned failure behind {@code cause}; a bug is logged here, once, and keeps its words to itself. */
    public static WorkerFailure planned(RoutingContext route, Throwable cause) {
        var planned = WorkerFailure.find(cause);
        if (planned.isEmpty()) {
            LOG.atError()
                    .addKeyValue("path", route.normalizedPath())
                    .setCause(cause)
                    .log("A request failed unexpectedly");
        }
        return planned.filter(failure -> failure.kind() != FailureKind.INTERNAL)
                .orElseGet(() -> WorkerFailure.of(FailureKind.INTERNAL, BUG));
    }

    /** What is wrong, with the field in front if one is to blame. */
    public static String words(WorkerFailure failure) {
        return failure.field().isEmpty() ? failure.message() : failure.field() + ": " + failure.message();
    }
}
