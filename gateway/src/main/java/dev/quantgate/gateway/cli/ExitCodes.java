package dev.quantgate.gateway.cli;

import io.grpc.Status;

/** Exit codes of the command line; {@code quantgate --help} and docs/operations.md list them. */
final class ExitCodes {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_FOUND = 3;
    static final int UNAVAILABLE = 4;
    static final int REFUSED = 5;
    static final int EXHAUSTED = 6;
    static final int CANCELLED = 7;

    private ExitCodes() {}

    static int of(Status.Code code) {
        return switch (code) {
            case OK -> OK;
            case NOT_FOUND -> NOT_FOUND;
            case UNAVAILABLE, DEADLINE_EXCEEDED -> UNAVAILABLE;
            case INVALID_ARGUMENT,
                    FAILED_PRECONDITION,
                    ALREADY_EXISTS,
                    OUT_OF_RANGE,
                    UNAUTHENTICATED,
                    PERMISSION_DENIED,
                    UNIMPLEMENTED,
                    ABORTED -> REFUSED;
            case RESOURCE_EXHAUSTED -> EXHAUSTED;
            case CANCELLED -> CANCELLED;
            case UNKNOWN, INTERNAL, DATA_LOSS -> FAILED;
        };
    }
}
