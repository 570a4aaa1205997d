package dev.quantgate.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResourcesTest {
    @ParameterizedTest
    @CsvSource({
        "m, models/m",
        "m:Q8_0, models/m/variants/Q8_0",
        "models/m, models/m",
        "models/m/variants/Q8_0, models/m/variants/Q8_0",
        "m:, models/m/variants/",
    })
    void whatUsersTypeBecomesAFullName(String typed, String name) {
        assertThat(Resources.model(typed)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"models/m, m", "models/m/variants/Q8_0, m:Q8_0", "workers/w1, workers/w1"})
    void aFullNameIsShownAsUsersTypeIt(String name, String shown) {
        assertThat(Resources.display(name)).isEqualTo(shown);
    }

    @Test
    void anOperationMayBeNamedByItsIdAlone() {
        assertThat(Resources.operation("op1")).isEqualTo("operations/op1");
        assertThat(Resources.operation("operations/op1")).isEqualTo("operations/op1");
        assertThat(Resources.last("operations/op1")).isEqualTo("op1");
    }
}
