package dev.quantgate.worker.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.bus.v1.WireOperations;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.OperationKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizeRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OperationMappingTest {
    @ParameterizedTest
    @EnumSource(OperationState.class)
    void operationsInEveryStateSurviveTheTrip(OperationState state) throws Exception {
        var operation = Samples.operation(OperationKind.QUANTIZE, state);

        assertThat(trip(operation)).isEqualTo(operation);
    }

    @ParameterizedTest
    @EnumSource(OperationKind.class)
    void operationsOfEveryKindSurviveTheTrip(OperationKind kind) throws Exception {
        var operation = Samples.operation(kind, OperationState.RUNNING);

        assertThat(trip(operation)).isEqualTo(operation);
    }

    @Test
    void operationsWithoutFailureAndReportSurviveTheTrip() throws Exception {
        var operation = new OperationRecord(
                "op-2",
                OperationKind.IMPORT,
                OperationState.QUEUED,
                "smol",
                "source",
                0,
                "",
                Samples.CREATED,
                Samples.CREATED,
                "",
                1,
                false,
                Optional.empty(),
                Optional.empty());

        assertThat(trip(operation)).isEqualTo(operation);
    }

    @Test
    void importRequestsSurviveTheTrip() throws Exception {
        var request = new ImportRequest("smol", Path.of("/models/a file.gguf"), "llama", "v1", "key-1");

        var bytes = OperationMapping.toWire(request).toByteArray();

        assertThat(OperationMapping.fromWire(WireOperations.ImportRequest.parseFrom(bytes)))
                .isEqualTo(request);
    }

    @Test
    void quantizeRequestsSurviveTheTrip() throws Exception {
        for (var matrix : List.of(Optional.<Path>empty(), Optional.of(Path.of("/models/imatrix.gguf")))) {
            var request = new QuantizeRequest("smol", "Q4_K_M", "key-2", true, matrix, true);

            var bytes = OperationMapping.toWire(request).toByteArray();

            assertThat(OperationMapping.fromWire(WireOperations.QuantizeRequest.parseFrom(bytes)))
                    .isEqualTo(request);
        }
    }

    private static OperationRecord trip(OperationRecord operation) throws Exception {
        var bytes = OperationMapping.toWire(operation).toByteArray();
        return OperationMapping.fromWire(WireOperations.OperationRecord.parseFrom(bytes));
    }
}
