package dev.quantgate.worker.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkerFailureTest {
    @Test
    void aFailureIsFoundBehindWrappers() {
        var failure = WorkerFailure.invalid("a.b", "3 (expected: 4)");

        assertThat(WorkerFailure.find(new CompletionException(new IllegalStateException(failure.asException()))))
                .contains(failure);
    }

    @Test
    void anythingElseIsNoPlannedFailure() {
        assertThat(WorkerFailure.find(new IllegalStateException("bug"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(OperationState.class)
    void onlyEndedOperationsAreFinal(OperationState state) {
        assertThat(state.isFinal())
                .isEqualTo(Stream.of(OperationState.SUCCEEDED, OperationState.FAILED, OperationState.CANCELLED)
                        .anyMatch(state::equals));
    }
}
