package dev.quantgate.gateway.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.WorkerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResourceNamesTest {
    @Test
    void readsLongAndShortNames() {
        assertThat(ResourceNames.parseModel("models/m", "f")).isEqualTo(ModelRef.of("m"));
        assertThat(ResourceNames.parseModel("m", "f")).isEqualTo(ModelRef.of("m"));
        assertThat(ResourceNames.parseModel("models/m/variants/Q8_0", "f")).isEqualTo(ModelRef.of("m", "Q8_0"));
        assertThat(ResourceNames.parseModel("m:Q8_0", "f")).isEqualTo(ModelRef.of("m", "Q8_0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "models/",
                "models/M",
                "../m",
                "m:",
                ":v",
                "models/m/variants/",
                "models/m/x/y",
                "m:v:w",
                "models/m:v"
            })
    void refusesEverythingElseAndNamesTheField(String name) {
        assertThatThrownBy(() -> ResourceNames.parseModel(name, "the_field"))
                .isInstanceOfSatisfying(
                        WorkerException.class,
                        failure -> assertThat(failure.failure().field()).isEqualTo("the_field"));
    }

    @Test
    void writesWhatItReads() {
        assertThat(ResourceNames.loaded("m:Q8_0")).isEqualTo("models/m/variants/Q8_0");
        assertThat(ResourceNames.parseOperation("operations/op1", "f")).isEqualTo("op1");
        assertThat(ResourceNames.parseWorker("workers/w1", "f")).isEqualTo("w1");
    }
}
