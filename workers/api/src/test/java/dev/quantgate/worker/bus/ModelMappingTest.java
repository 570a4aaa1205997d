package dev.quantgate.worker.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.bus.v1.WireCommon;
import dev.quantgate.bus.v1.WireModels;
import dev.quantgate.bus.v1.WireWorkers;
import dev.quantgate.worker.api.LoadOutcome;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.Task;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelMappingTest {
    @Test
    void referencesSurviveTheTrip() throws Exception {
        for (var ref : new ModelRef[] {ModelRef.of("smol"), ModelRef.of("smol", "Q8_0")}) {
            var bytes = ModelMapping.toWire(ref).toByteArray();

            assertThat(ModelMapping.fromWire(WireCommon.ModelRef.parseFrom(bytes)))
                    .isEqualTo(ref);
        }
    }

    @ParameterizedTest
    @EnumSource(Task.class)
    void modelsOfEveryTaskSurviveTheTrip(Task task) throws Exception {
        var model = Samples.model(Set.of(task));

        var bytes = ModelMapping.toWire(model).toByteArray();

        assertThat(ModelMapping.fromWire(WireModels.ModelRecord.parseFrom(bytes)))
                .isEqualTo(model);
    }

    @ParameterizedTest
    @EnumSource(LoadState.class)
    void variantsInEveryStateSurviveTheTrip(LoadState state) throws Exception {
        var variant = Samples.variant(state);

        var bytes = ModelMapping.toWire(variant).toByteArray();

        assertThat(ModelMapping.fromWire(WireModels.VariantRecord.parseFrom(bytes)))
                .isEqualTo(variant);
    }

    @Test
    void loadOutcomesSurviveTheTrip() throws Exception {
        var outcome = new LoadOutcome(Samples.variant(LoadState.ACTIVE), true);

        var bytes = ModelMapping.toWire(outcome).toByteArray();

        assertThat(ModelMapping.fromWire(WireModels.LoadOutcome.parseFrom(bytes)))
                .isEqualTo(outcome);
    }

    @Test
    void quantizationTypesSurviveTheTrip() throws Exception {
        var bytes = ModelMapping.toWire(Samples.quantizationType()).toByteArray();

        assertThat(ModelMapping.fromWire(WireModels.QuantizationType.parseFrom(bytes)))
                .isEqualTo(Samples.quantizationType());
    }

    @Test
    void statusSurvivesTheTrip() throws Exception {
        var bytes = StatusMapping.toWire(Samples.status("w1")).toByteArray();

        assertThat(StatusMapping.fromWire(WireWorkers.WorkerStatus.parseFrom(bytes)))
                .isEqualTo(Samples.status("w1"));
    }

    @Test
    void anUnknownStateIsRefused() {
        var wire = WireModels.VariantRecord.newBuilder().setStateValue(99).build();

        assertThatThrownBy(() -> ModelMapping.fromWire(wire)).isInstanceOf(MappingException.class);
    }
}
