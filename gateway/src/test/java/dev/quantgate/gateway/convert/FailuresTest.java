package dev.quantgate.gateway.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.rpc.Code;
import com.google.rpc.QuotaFailure;
import dev.quantgate.gateway.http.HttpFailures;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

final class FailuresTest {
    private static final List<Arguments> ROWS = List.of(
            arguments(FailureKind.INVALID_REQUEST, Code.INVALID_ARGUMENT, 400),
            arguments(FailureKind.MODEL_NOT_FOUND, Code.NOT_FOUND, 404),
            arguments(FailureKind.VARIANT_NOT_FOUND, Code.NOT_FOUND, 404),
            arguments(FailureKind.ADAPTER_NOT_FOUND, Code.NOT_FOUND, 404),
            arguments(FailureKind.SESSION_NOT_FOUND, Code.NOT_FOUND, 404),
            arguments(FailureKind.OPERATION_NOT_FOUND, Code.NOT_FOUND, 404),
            arguments(FailureKind.ALREADY_EXISTS, Code.ALREADY_EXISTS, 409),
            arguments(FailureKind.UNSUPPORTED, Code.FAILED_PRECONDITION, 422),
            arguments(FailureKind.FAILED_PRECONDITION, Code.FAILED_PRECONDITION, 409),
            arguments(FailureKind.INVALID_MODEL, Code.FAILED_PRECONDITION, 422),
            arguments(FailureKind.QUEUE_FULL, Code.RESOURCE_EXHAUSTED, 429),
            arguments(FailureKind.OUT_OF_MEMORY, Code.RESOURCE_EXHAUSTED, 507),
            arguments(FailureKind.DISK_FULL, Code.RESOURCE_EXHAUSTED, 507),
            arguments(FailureKind.STORE_READ_ONLY, Code.FAILED_PRECONDITION, 507),
            arguments(FailureKind.FENCED, Code.ABORTED, 409),
            arguments(FailureKind.CANCELLED, Code.CANCELLED, 499),
            arguments(FailureKind.DEADLINE_EXCEEDED, Code.DEADLINE_EXCEEDED, 504),
            arguments(FailureKind.UNAVAILABLE, Code.UNAVAILABLE, 503),
            arguments(FailureKind.DATA_LOSS, Code.DATA_LOSS, 500),
            arguments(FailureKind.BACKEND_CRASHED, Code.UNAVAILABLE, 503),
            arguments(FailureKind.INTERNAL, Code.INTERNAL, 500));

    @ParameterizedTest
    @FieldSource("ROWS")
    void eachKindHasItsCodeAndStatus(FailureKind kind, Code code, int httpStatus) {
        assertThat(Failures.code(kind)).isEqualTo(code);
        assertThat(HttpFailures.status(kind)).isEqualTo(httpStatus);
    }

    @Test
    void everyKindHasARow() {
        assertThat(ROWS.stream().map(row -> row.get()[0])).containsExactlyInAnyOrder((Object[]) FailureKind.values());
    }

    @Test
    void memoryAndDiskAreQuotas() throws Exception {
        var status = Failures.status(WorkerFailure.of(FailureKind.OUT_OF_MEMORY, "needs 9 bytes"));

        var violation = status.getDetails(1).unpack(QuotaFailure.class).getViolations(0);
        assertThat(violation.getSubject()).isEqualTo("memory");
        assertThat(violation.getDescription()).isEqualTo("needs 9 bytes");
    }
}
