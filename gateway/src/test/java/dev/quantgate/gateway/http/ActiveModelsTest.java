package dev.quantgate.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.RawHttp;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRecord;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ActiveModelsTest {
    private static ModelRecord model(String name, String type, LoadState... states) {
        var variants = new java.util.ArrayList<dev.quantgate.worker.api.VariantRecord>();
        for (var state : states) {
            variants.add(Records.variant("v" + variants.size(), state));
        }
        return Records.model(name, type, variants.toArray(dev.quantgate.worker.api.VariantRecord[]::new));
    }

    @Test
    void anActiveModelIsShownWithItsMetadataAsStored() {
        var worker = new FakeWorker("w1").with(model("smol", "llama", LoadState.UNLOADED, LoadState.ACTIVE));
        try (var gateway = TestGateway.over(new FakeDirectory(worker));
                var http = new RawHttp(gateway.port(), HttpVersion.HTTP_1_1)) {
            var reply = http.get("/models/active");

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body())
                    .isEqualTo("{\"smol\":{\"status\":\"active\",\"metadata\":{\"model_name\":\"smol\","
                            + "\"model_type\":\"llama\",\"is_quantized\":false}}}");
        }
    }

    @Test
    void theOnlyEncoderOfATypeIsShownUnderItsType() {
        var shown = ActiveModelsRoute.active(
                List.of(model("mine", "roberta", LoadState.ACTIVE), model("other", "distilbert", LoadState.LOADING)));

        assertThat(shown.fieldNames()).containsExactly("roberta", "distilbert");
        assertThat(shown.getJsonObject("distilbert").getString("status")).isEqualTo("loading");
    }

    @Test
    void twoEncodersOfATypeAreShownUnderTheirNames() {
        var shown = ActiveModelsRoute.active(
                List.of(model("a", "roberta", LoadState.ACTIVE), model("b", "roberta", LoadState.FAILED)));

        assertThat(shown.fieldNames()).containsExactly("a", "b");
        assertThat(shown.getJsonObject("b").getString("status")).isEqualTo("failed");
    }

    @Test
    void aModelThatIsNamedLikeATypeKeepsItsName() {
        var shown = ActiveModelsRoute.active(
                List.of(model("mine", "roberta", LoadState.ACTIVE), model("roberta", "llama", LoadState.ACTIVE)));

        assertThat(shown.fieldNames()).containsExactly("mine", "roberta");
    }

    @Test
    void aModelOnDiskIsNotShown() {
        assertThat(ActiveModelsRoute.active(List.of(model("a", "llama", LoadState.UNLOADED, LoadState.UNLOADING))))
                .isEmpty();
    }
}
