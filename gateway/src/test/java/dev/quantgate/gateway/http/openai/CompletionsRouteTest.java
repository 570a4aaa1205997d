package dev.quantgate.gateway.http.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import dev.quantgate.worker.api.inference.GenerationInput.Prompt;
import dev.quantgate.worker.api.inference.TokenLogprob;
import dev.quantgate.worker.api.inference.TokenLogprob.Candidate;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CompletionsRouteTest {
    private final OpenAi api = new OpenAi();

    @AfterEach
    void close() {
        api.close();
    }

    private static Candidate candidate(String text, float logprob) {
        return new Candidate(1, ByteString.copyFromUtf8(text), logprob);
    }

    @Test
    void aPromptIsContinued() {
        var answer = api.says("Hel", "lo").answer(OpenAi.COMPLETIONS, OpenAi.prompt(""));

        assertThat(answer.getString("object")).isEqualTo("text_completion");
        assertThat(answer.getString("id")).startsWith("cmpl-");
        var choice = answer.getJsonArray("choices").getJsonObject(0);
        assertThat(choice.getString("text")).isEqualTo("Hello");
        assertThat(choice.getValue("logprobs")).isNull();
        assertThat(api.asked().get(0).input()).isEqualTo(new Prompt("hi", true));
        assertThat(api.asked().get(0).options().maxTokens()).isEqualTo(16);
    }

    @Test
    void severalPromptsHaveSeveralChoicesEach() {
        var body = "{\"model\":\"smol\",\"prompt\":[\"a\",\"b\"],\"n\":2,\"seed\":1,\"echo\":true}";

        var choices = api.says("!").answer(OpenAi.COMPLETIONS, body).getJsonArray("choices");

        assertThat(choices.stream().map(choice -> ((JsonObject) choice).getString("text")))
                .containsExactly("a!", "a!", "b!", "b!");
        assertThat(api.asked().stream().map(request -> request.sampling().seed().getAsInt()))
                .containsExactlyInAnyOrder(1, 2, 1, 2);
    }

    @Test
    void aStreamEchoesThePromptOnce() {
        var events = api.says("Hel", "lo").stream(OpenAi.COMPLETIONS, OpenAi.prompt("\"stream\":true,\"echo\":true"));

        assertThat(events.subList(0, 3).stream()
                        .map(event -> new JsonObject(event)
                                .getJsonArray("choices")
                                .getJsonObject(0)
                                .getString("text")))
                .containsExactly("hiHel", "lo", "");
        assertThat(events).last().isEqualTo("[DONE]");
    }

    @Test
    void logprobsAreFourArraysAndOffsetsGoOnInAStream() {
        var first = new TokenLogprob(candidate("Hé", -1f), List.of(candidate("Hé", -1f), candidate("x", -2f)));
        var second = new TokenLogprob(candidate("y", -3f), List.of(candidate("y", -3f)));
        api.sends(new Chunk("Hé", "", List.of(), 1, List.of(first)), new Chunk("y", "", List.of(), 1, List.of(second)));

        var whole = api.answer(OpenAi.COMPLETIONS, OpenAi.prompt("\"logprobs\":2"));
        var events = api.stream(OpenAi.COMPLETIONS, OpenAi.prompt("\"logprobs\":2,\"stream\":true"));

        assertThat(whole.getJsonArray("choices").getJsonObject(0).getJsonObject("logprobs"))
                .isEqualTo(new JsonObject("{\"tokens\":[\"Hé\",\"y\"],\"token_logprobs\":[-1.0,-3.0],"
                        + "\"top_logprobs\":[{\"Hé\":-1.0,\"x\":-2.0},{\"y\":-3.0}],\"text_offset\":[0,2]}"));
        assertThat(new JsonObject(events.get(1))
                        .getJsonArray("choices")
                        .getJsonObject(0)
                        .getJsonObject("logprobs")
                        .getJsonArray("text_offset"))
                .containsExactly(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"suffix\":\"x\"|suffix",
                "\"best_of\":2|best_of",
                "\"echo\":true,\"logprobs\":1|echo",
                "\"prompt\":[]|prompt",
                "\"prompt\":[1,2]|prompt",
                "\"prompt\":[[1]]|prompt",
                "\"prompt\":\"\"|prompt",
                "\"prompt\":null|prompt",
                "\"logprobs\":true|logprobs"
            })
    void whatIsWrongIsRefusedByName(String fields, String field) {
        var body = new JsonObject(OpenAi.prompt("")).mergeIn(new JsonObject("{" + fields + "}"));

        var reply = api.post(OpenAi.COMPLETIONS, body.encode());

        assertThat(reply.status()).isEqualTo(400);
        assertThat(OpenAi.error(reply).getString("param")).isEqualTo(field);
    }
}
