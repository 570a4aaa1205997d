package dev.quantgate.gateway.http.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.ScriptedStream;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import dev.quantgate.worker.api.inference.TokenLogprob;
import dev.quantgate.worker.api.inference.TokenLogprob.Candidate;
import dev.quantgate.worker.api.inference.ToolCall;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ChatRouteTest {
    private final OpenAi api = new OpenAi();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void aWholeAnswerHasItsTextAndItsUsage() {
        var answer = api.says("Hel", "lo").answer(OpenAi.CHAT, OpenAi.chat(""));

        assertThat(answer.getString("object")).isEqualTo("chat.completion");
        assertThat(answer.getString("id")).startsWith("chatcmpl-");
        assertThat(answer.getString("model")).isEqualTo("smol");
        assertThat(answer.getLong("created")).isPositive();
        var choice = answer.getJsonArray("choices").getJsonObject(0);
        assertThat(choice.getJsonObject("message"))
                .isEqualTo(new JsonObject("{\"role\":\"assistant\",\"content\":\"Hello\",\"refusal\":null}"));
        assertThat(choice.getString("finish_reason")).isEqualTo("stop");
        assertThat(choice.containsKey("logprobs")).isTrue();
        assertThat(choice.getLong("seed")).isEqualTo(4294967295L);
        assertThat(choice.getJsonObject("timings"))
                .isEqualTo(
                        new JsonObject(
                                "{\"queue_ms\":0.001,\"prefill_ms\":2.0,\"first_token_ms\":3.0,\"decode_ms\":4.0,\"draft_n\":6,\"draft_n_accepted\":1}"));
        assertThat(answer.getJsonObject("usage"))
                .isEqualTo(
                        new JsonObject(
                                "{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10,\"prompt_tokens_details\":{\"cached_tokens\":2}}"));
    }

    @Test
    void aStreamBeginsWithTheRoleAndEndsWithDone() {
        var events = api.says("Hel", "lo").stream(OpenAi.CHAT, OpenAi.chat("\"stream\":true"));

        assertThat(events).hasSize(4).last().isEqualTo("[DONE]");
        assertThat(delta(events.get(0))).isEqualTo(new JsonObject("{\"role\":\"assistant\",\"content\":\"Hel\"}"));
        assertThat(delta(events.get(1))).isEqualTo(new JsonObject("{\"content\":\"lo\"}"));
        assertThat(delta(events.get(2))).isEqualTo(new JsonObject());
        assertThat(choice(events.get(1)).getValue("finish_reason")).isNull();
        assertThat(choice(events.get(2)).getString("finish_reason")).isEqualTo("stop");
        assertThat(new JsonObject(events.get(0)).getString("object")).isEqualTo("chat.completion.chunk");
        assertThat(new JsonObject(events.get(0)).containsKey("usage")).isFalse();
    }

    @Test
    void aStreamIsServerSentEvents() {
        var reply = api.says("x").post(OpenAi.CHAT, OpenAi.chat("\"stream\":true"));

        assertThat(reply.headers().get("content-type")).isEqualTo("text/event-stream; charset=utf-8");
        assertThat(reply.headers().get("cache-control")).isEqualTo("no-cache");
        assertThat(reply.body()).startsWith("data: {").endsWith("\n\ndata: [DONE]\n\n");
    }

    @Test
    void aStreamTellsItsUsageInAnEventWithoutChoices() {
        var events = api.says("x").stream(
                OpenAi.CHAT, OpenAi.chat("\"stream\":true,\"stream_options\":{\"include_usage\":true}"));

        var last = new JsonObject(events.get(events.size() - 2));
        assertThat(last.getJsonArray("choices")).isEqualTo(new JsonArray());
        assertThat(last.getJsonObject("usage").getInteger("total_tokens")).isEqualTo(10);
        assertThat(new JsonObject(events.get(0)).containsKey("usage")).isTrue();
        assertThat(new JsonObject(events.get(0)).getValue("usage")).isNull();
    }

    @Test
    void aStreamWithoutTextHasARoleAndAnEnd() {
        var events = api.says().stream(OpenAi.CHAT, OpenAi.chat("\"stream\":true"));

        assertThat(events).hasSize(2);
        assertThat(delta(events.get(0))).isEqualTo(new JsonObject("{\"role\":\"assistant\",\"content\":\"\"}"));
        assertThat(choice(events.get(0)).getString("finish_reason")).isEqualTo("stop");
    }

    @Test
    void severalChoicesAreSeveralGenerationsWithSeedsOfTheirOwn() {
        api.worker.generator = (request, context, sink) ->
                ScriptedStream.of(sink, Chunk.of("s" + request.sampling().seed().getAsInt(), 1), Records.COMPLETED);

        var answer = api.answer(OpenAi.CHAT, OpenAi.chat("\"n\":3,\"seed\":5"));

        assertThat(answer.getJsonArray("choices").stream()
                        .map(one -> ((JsonObject) one).getJsonObject("message").getString("content")))
                .containsExactly("s5", "s6", "s7");
        assertThat(answer.getJsonObject("usage").getInteger("prompt_tokens")).isEqualTo(7);
        assertThat(answer.getJsonObject("usage").getInteger("completion_tokens"))
                .isEqualTo(9);
    }

    @Test
    void severalChoicesOfAStreamCarryTheirIndexes() {
        api.worker.generator = (request, context, sink) -> ScriptedStream.numbered(sink, 200);

        var events = api.stream(OpenAi.CHAT, OpenAi.chat("\"n\":3,\"stream\":true"));

        assertThat(events).hasSize(3 * 201 + 1).last().isEqualTo("[DONE]");
        for (int i = 0; i < 3; i++) {
            var text = new StringBuilder();
            for (var event : events.subList(0, events.size() - 1)) {
                if (choice(event).getInteger("index") == i) {
                    text.append(delta(event).getString("content", ""));
                }
            }
            assertThat(text).startsWith("#0#1#2").endsWith("#198#199");
        }
    }

    @Test
    void callsOfToolsAreWhole() {
        var calls = List.of(new ToolCall("c1", "f", "{\"a\":1}"), new ToolCall("c2", "g", "{}"));
        api.sends(new Chunk("", "", calls, 5, List.of()));

        var message = api.answer(OpenAi.CHAT, OpenAi.chat(""))
                .getJsonArray("choices")
                .getJsonObject(0)
                .getJsonObject("message");

        assertThat(message.getValue("content")).isNull();
        assertThat(message.getJsonArray("tool_calls"))
                .isEqualTo(
                        new JsonArray(
                                "[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}},"
                                        + "{\"id\":\"c2\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]"));
    }

    @Test
    void callsOfToolsInAStreamAreCounted() {
        api.sends(
                new Chunk("", "", List.of(new ToolCall("c1", "f", "{}")), 5, List.of()),
                new Chunk("", "", List.of(new ToolCall("c2", "g", "{}")), 5, List.of()));

        var events = api.stream(OpenAi.CHAT, OpenAi.chat("\"stream\":true"));

        assertThat(delta(events.get(1)).getJsonArray("tool_calls"))
                .isEqualTo(
                        new JsonArray(
                                "[{\"index\":1,\"id\":\"c2\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]"));
    }

    @Test
    void withoutParallelCallsOnlyTheFirstIsPassedOn() {
        var calls = List.of(new ToolCall("c1", "f", "{}"), new ToolCall("c2", "g", "{}"));
        api.sends(new Chunk("", "", calls, 5, List.of()));

        var answer = api.answer(OpenAi.CHAT, OpenAi.chat("\"parallel_tool_calls\":false"));

        assertThat(answer.getJsonArray("choices")
                        .getJsonObject(0)
                        .getJsonObject("message")
                        .getJsonArray("tool_calls"))
                .hasSize(1);
    }

    @Test
    void aCallThatIsCutOffLeavesAnEmptyAnswerThatEndsInLength() {
        api.sendsCutOff(new Chunk("", "", List.of(), 5, List.of()));

        var whole =
                api.answer(OpenAi.CHAT, OpenAi.chat("")).getJsonArray("choices").getJsonObject(0);
        var events = api.stream(OpenAi.CHAT, OpenAi.chat("\"stream\":true"));

        assertThat(whole.getJsonObject("message"))
                .isEqualTo(new JsonObject("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}"));
        assertThat(whole.getString("finish_reason")).isEqualTo("length");
        assertThat(events).hasSize(2).last().isEqualTo("[DONE]");
        assertThat(delta(events.get(0))).isEqualTo(new JsonObject("{\"role\":\"assistant\",\"content\":\"\"}"));
        assertThat(choice(events.get(0)).getString("finish_reason")).isEqualTo("length");
    }

    @Test
    void aWholeCallBeforeTheCutIsToldAndTheEndIsStillLength() {
        api.sendsCutOff(new Chunk("", "", List.of(new ToolCall("c1", "f", "{}")), 5, List.of()));

        var whole =
                api.answer(OpenAi.CHAT, OpenAi.chat("")).getJsonArray("choices").getJsonObject(0);
        var events = api.stream(OpenAi.CHAT, OpenAi.chat("\"stream\":true"));

        assertThat(whole.getJsonObject("message").getJsonArray("tool_calls")).hasSize(1);
        assertThat(whole.getString("finish_reason")).isEqualTo("length");
        assertThat(delta(events.get(0)).getJsonArray("tool_calls")).hasSize(1);
        assertThat(choice(events.get(events.size() - 2)).getString("finish_reason"))
                .isEqualTo("length");
    }

    @Test
    void theThinkingPartIsReasoningContent() {
        var thinking = new Chunk("", "hm", List.of(), 1, List.of());
        var events = api.sends(thinking, Chunk.of("yes", 1)).stream(OpenAi.CHAT, OpenAi.chat("\"stream\":true"));

        assertThat(delta(events.get(0)).getString("reasoning_content")).isEqualTo("hm");
        var message = api.answer(OpenAi.CHAT, OpenAi.chat(""))
                .getJsonArray("choices")
                .getJsonObject(0)
                .getJsonObject("message");
        assertThat(message.getString("reasoning_content")).isEqualTo("hm");
        assertThat(message.getString("content")).isEqualTo("yes");
    }

    @Test
    void logprobsNameTokensTheirBytesAndTheAlternatives() {
        var half = ByteString.copyFrom(new byte[] {(byte) 0xe2, (byte) 0x98});
        var logprob = new TokenLogprob(
                new Candidate(1, ByteString.copyFromUtf8("A"), -0.5f),
                List.of(
                        new Candidate(1, ByteString.copyFromUtf8("A"), -0.5f),
                        new Candidate(2, half, Float.NEGATIVE_INFINITY)));
        GenerateEvent chunk = new Chunk("A", "", List.of(), 1, List.of(logprob));
        var expected =
                new JsonObject("{\"content\":[{\"token\":\"A\",\"logprob\":-0.5,\"bytes\":[65],\"top_logprobs\":["
                        + "{\"token\":\"A\",\"logprob\":-0.5,\"bytes\":[65]},"
                        + "{\"token\":\"\ufffd\",\"logprob\":-9999.0,\"bytes\":[226,152]}]}],\"refusal\":null}");

        var fields = "\"logprobs\":true,\"top_logprobs\":2";
        var whole = api.sends(chunk).answer(OpenAi.CHAT, OpenAi.chat(fields));
        var events = api.stream(OpenAi.CHAT, OpenAi.chat(fields + ",\"stream\":true"));

        assertThat(whole.getJsonArray("choices").getJsonObject(0).getJsonObject("logprobs"))
                .isEqualTo(expected);
        assertThat(choice(events.get(0)).getJsonObject("logprobs")).isEqualTo(expected);
        assertThat(api.asked().get(0).options().logprobs()).hasValue(2);
    }

    private static JsonObject choice(String event) {
        return new JsonObject(event).getJsonArray("choices").getJsonObject(0);
    }

    private static JsonObject delta(String event) {
        return choice(event).getJsonObject("delta");
    }
}
