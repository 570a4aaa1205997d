package dev.quantgate.worker.api;

/** The grammar of idempotency keys. */
final class RequestIds {
    private RequestIds() {}

    static void require(String requestId) {
        var printable = requestId.chars().allMatch(c -> c > 0x20 && c < 0x7f);
        if (requestId.length() > 64 || !printable) {
            throw WorkerFailure.invalid(
                            "request_id", "(expected: empty, or 1 to 64 printable ASCII characters without spaces)")
                    .asException();
        }
    }
}
