package dev.quantgate.worker.bus;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.eventbus.ReplyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns everything that can be thrown into failures; the only place where a bug is logged. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** A planned failure as it is; anything else is a bug: logged, and INTERNAL without its text. */
    static WorkerFailure of(Throwable cause, String requestId) {
        return WorkerFailure.find(cause).orElseGet(() -> {
            LOG.atError().addKeyValue("requestId", requestId).setCause(cause).log("a call failed unexpectedly");
            return WorkerFailure.of(FailureKind.INTERNAL, "internal error");
        });
    }

    /** Why a request to a worker was not answered. */
    static WorkerFailure ofRequest(Throwable cause, String workerId, String requestId) {
        if (cause instanceof ReplyException reply) {
            return switch (reply.failureType()) {
                case NO_HANDLERS -> unavailable("worker " + workerId + " is not there");
                case TIMEOUT -> unavailable("worker " + workerId + " did not answer");
                case RECIPIENT_FAILURE, ERROR -> of(cause, requestId);
            };
        }
        return of(cause, requestId);
    }

    static WorkerFailure unavailable(String message) {
        return WorkerFailure.of(FailureKind.UNAVAILABLE, message);
    }

    static WorkerFailure cancelled() {
        return WorkerFailure.of(FailureKind.CANCELLED, "the caller cancelled");
    }

    static WorkerFailure deadlineExceeded() {
        return WorkerFailure.of(FailureKind.DEADLINE_EXCEEDED, "the deadline passed");
    }
}
