package dev.quantgate.gateway.http.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EmbeddingsRouteTest {
    private final OpenAi api = new OpenAi();

    @BeforeEach
    void twoVectors() {
        api.worker.tasks = task -> CompletableFuture.completedStage(new TextResult.Embedded(
                List.of(
                        new TextResult.Vector(new float[] {0.5f, -1f}, 2, false),
                        new TextResult.Vector(new float[] {1e-9f, 0f}, 2, false)),
                4));
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void vectorsAreNumbersInTheOrderOfTheirTexts() {
        var answer = api.answer(OpenAi.EMBEDDINGS, "{\"model\":\"smol\",\"input\":[\"a\",\"b\"]}");

        assertThat(answer)
                .isEqualTo(new JsonObject("{\"object\":\"list\",\"data\":["
                        + "{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5,-1.0]},"
                        + "{\"object\":\"embedding\",\"index\":1,\"embedding\":[1.0E-9,0.0]}],"
                        + "\"model\":\"smol\",\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}"));
        var task = (TextTask.Embed) api.worker.calls.get(0);
        assertThat(task.inputs()).containsExactly("a", "b");
        assertThat(task.normalize()).isTrue();
        assertThat(task.truncation()).isEqualTo(TextTask.Truncation.ERROR);
    }

    @Test
    void vectorsAreLittleEndianFloatsInBase64() {
        var answer = api.answer(
                OpenAi.EMBEDDINGS,
                "{\"model\":\"smol\",\"input\":\"a\",\"encoding_format\":\"base64\",\"dimensions\":2}");

        var text = answer.getJsonArray("data").getJsonObject(0).getString("embedding");
        var floats = ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(floats.getFloat()).isEqualTo(0.5f);
        assertThat(floats.getFloat()).isEqualTo(-1f);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"model\":\"smol\"}|input",
                "{\"model\":\"smol\",\"input\":[1,2]}|input",
                "{\"model\":\"smol\",\"input\":[[1],[2]]}|input",
                "{\"model\":\"smol\",\"input\":[]}|input",
                "{\"model\":\"smol\",\"input\":[\"a\",\"\"]}|input[1]",
                "{\"model\":\"smol\",\"input\":\"a\",\"encoding_format\":\"hex\"}|encoding_format",
                "{\"model\":\"smol\",\"input\":\"a\",\"dimensions\":3}|dimensions",
                "{\"input\":\"a\"}|model"
            })
    void whatIsWrongIsRefusedByName(String body, String field) {
        var reply = api.post(OpenAi.EMBEDDINGS, body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(OpenAi.error(reply).getString("param")).isEqualTo(field);
    }
}
