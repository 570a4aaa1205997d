package dev.quantgate.gateway.http.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.Records;
import dev.quantgate.worker.api.LoadState;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ModelsRouteTest {
    private final OpenAi api = new OpenAi();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void modelsAreListedWithTheirVariants() {
        api.worker.with(Records.model(
                "two",
                "llama",
                Records.variant("source", LoadState.UNLOADED),
                Records.variant("Q4_0", LoadState.ACTIVE)));

        var list = new JsonObject(api.http.get("/v1/models").body());

        assertThat(list.getString("object")).isEqualTo("list");
        assertThat(list.getJsonArray("data").stream().map(model -> ((JsonObject) model).getString("id")))
                .containsExactly("smol", "two", "two:source", "two:Q4_0");
        assertThat(list.getJsonArray("data").getJsonObject(0))
                .isEqualTo(new JsonObject(
                        "{\"id\":\"smol\",\"object\":\"model\",\"created\":1744879222,\"owned_by\":\"quantgate\"}"));
    }

    @Test
    void aModelIsFoundByItsNameAndItsVariant() {
        assertThat(new JsonObject(api.http.get("/v1/models/smol").body()).getString("id"))
                .isEqualTo("smol");
        assertThat(new JsonObject(api.http.get("/v1/models/smol:source").body()).getString("id"))
                .isEqualTo("smol:source");
    }

    @Test
    void aModelOrVariantThatIsNotThereIs404() {
        for (var id : new String[] {"nope", "smol:Q2_K", "UPPER"}) {
            var reply = api.http.get("/v1/models/" + id);

            assertThat(reply.status()).isEqualTo(404);
            assertThat(OpenAi.error(reply).getString("code")).isEqualTo("model_not_found");
        }
    }
}
