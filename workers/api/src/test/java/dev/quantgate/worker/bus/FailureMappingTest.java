package dev.quantgate.worker.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.bus.v1.WireCommon;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureMappingTest {
    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void everyKindSurvivesTheTrip(FailureKind kind) throws Exception {
        var failure = new WorkerFailure(kind, "message", "field", Duration.ofNanos(1_000_000_001L));

        var bytes = FailureMapping.toWire(failure).toByteArray();

        assertThat(FailureMapping.fromWire(WireCommon.Failure.parseFrom(bytes))).isEqualTo(failure);
    }

    @Test
    void noRetryIsNoRetryAfterTheTrip() {
        var failure = WorkerFailure.of(FailureKind.UNSUPPORTED, "no");

        assertThat(FailureMapping.fromWire(FailureMapping.toWire(failure))).isEqualTo(failure);
    }

    @Test
    void kindsHaveDistinctNumbers() {
        assertThat(Arrays.stream(FailureKind.values())
                        .map(kind -> FailureMapping.toWire(kind).getNumber()))
                .doesNotHaveDuplicates()
                .doesNotContain(0);
    }

    @Test
    void aKindOfANewerReleaseIsInternal() {
        var wire = WireCommon.Failure.newBuilder().setKindValue(999).build();

        assertThat(FailureMapping.fromWire(wire).kind()).isEqualTo(FailureKind.INTERNAL);
    }
}
