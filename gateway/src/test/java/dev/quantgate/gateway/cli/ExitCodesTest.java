package dev.quantgate.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExitCodesTest {
    @ParameterizedTest
    @CsvSource({
        "OK, 0",
        "UNKNOWN, 1",
        "INTERNAL, 1",
        "DATA_LOSS, 1",
        "NOT_FOUND, 3",
        "UNAVAILABLE, 4",
        "DEADLINE_EXCEEDED, 4",
        "INVALID_ARGUMENT, 5",
        "FAILED_PRECONDITION, 5",
        "ALREADY_EXISTS, 5",
        "OUT_OF_RANGE, 5",
        "UNAUTHENTICATED, 5",
        "PERMISSION_DENIED, 5",
        "UNIMPLEMENTED, 5",
        "ABORTED, 5",
        "RESOURCE_EXHAUSTED, 6",
        "CANCELLED, 7",
    })
    void eachStatusHasItsCode(Status.Code status, int code) {
        assertThat(ExitCodes.of(status)).isEqualTo(code);
    }

    @Test
    void helpListsEveryCode() {
        var help = CliRun.of("--help");

        assertThat(help.code()).isEqualTo(ExitCodes.OK);
        assertThat(help.out())
                .containsSubsequence("0   done", "1   failed", "2   wrong usage", "3   model", "7   cancelled");
    }
}
