package dev.quantgate.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReportJsonTest {
    @Test
    void hasEveryFieldOfTheFormat() throws Exception {
        var json = ReportJson.write(report(2.0 / 3));

        assertThat(new JsonObject(json)).isEqualTo(new JsonObject("""
                                {"suite": "gateway", "machine": "a \\"machine\\"", "cases": [{
                                  "name": "ttft_256", "unit": "ms", "better": "lower",
                                  "ours": 3.0, "peer": 2.0, "peer_name": "bare_loop", "ratio": 0.6667}]}
                                """));
    }

    @Test
    void refusesFiguresThatJsonCannotHold() {
        assertThatThrownBy(() -> ReportJson.write(report(Double.NaN))).hasMessageContaining("NaN");
    }

    @Test
    void theTableShowsTheSameCase() {
        assertThat(ReportTable.write(report(2.0 / 3)).lines())
                .anySatisfy(
                        line -> assertThat(line).contains("ttft_256", "ms", "3.000", "2.000", "bare_loop", "0.667"));
    }

    private static Report report(double ratio) {
        return new Report(
                "gateway",
                "a \"machine\"",
                List.of(new CaseResult("ttft_256", "ms", Better.LOWER, 3, 2, "bare_loop", ratio)));
    }
}
