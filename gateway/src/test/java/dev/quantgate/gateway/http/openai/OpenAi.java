package dev.quantgate.gateway.http.openai;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.RawHttp;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.ScriptedStream;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import dev.quantgate.worker.api.inference.GenerateRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;

/** A gateway with one worker that serves {@code smol}, and a client of its routes under {@code /v1}. */
final class OpenAi implements AutoCloseable {
    static final String CHAT = "/v1/chat/completions";
    static final String COMPLETIONS = "/v1/completions";
    static final String EMBEDDINGS = "/v1/embeddings";

    final FakeWorker worker = new FakeWorker("w1").with(Records.model("smol"), "smol:source");
    final TestGateway gateway = TestGateway.over(new FakeDirectory(worker));
    final RawHttp http = new RawHttp(gateway.port(), HttpVersion.HTTP_1_1);

    /** A body for {@link #CHAT} with these further fields. */
    static String chat(String fields) {
        return "{\"model\":\"smol\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"
                + (fields.isEmpty() ? "" : ",")
                + fields + "}";
    }

    /** A body for {@link #COMPLETIONS} with these further fields. */
    static String prompt(String fields) {
        return "{\"model\":\"smol\",\"prompt\":\"hi\"" + (fields.isEmpty() ? "" : ",") + fields + "}";
    }

    /** The worker says {@code texts}, then {@link Records#COMPLETED}. */
    OpenAi says(String... texts) {
        return sends(List.of(texts).stream().map(text -> Chunk.of(text, 1)).toArray(GenerateEvent[]::new));
    }

    /** The worker sends {@code events}, then {@link Records#COMPLETED}. */
    OpenAi sends(GenerateEvent... events) {
        return sends(Records.COMPLETED, events);
    }

    /** The worker sends {@code events}, then {@link Records#CUT_OFF}. */
    OpenAi sendsCutOff(GenerateEvent... events) {
        return sends(Records.CUT_OFF, events);
    }

    private OpenAi sends(GenerateEvent.Completed end, GenerateEvent... events) {
        var all = Arrays.copyOf(events, events.length + 1, GenerateEvent[].class);
        all[events.length] = end;
        worker.generator = (request, context, sink) -> ScriptedStream.of(sink, all);
        return this;
    }

    RawHttp.Reply post(String path, String body) {
        return http.post(path, "application/json", body);
    }

    /** The answer to a body that must be taken. */
    JsonObject answer(String path, String body) {
        var reply = post(path, body);
        if (reply.status() != 200) {
            throw new AssertionError(reply.status() + " " + reply.body());
        }
        return new JsonObject(reply.body());
    }

    /** The error of an answer. */
    static JsonObject error(RawHttp.Reply reply) {
        return new JsonObject(reply.body()).getJsonObject("error");
    }

    /** The events of a stream, as they stand behind {@code data:}. */
    List<String> stream(String path, String body) {
        return post(path, body)
                .body()
                .lines()
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    /** What the worker was asked for, in order. */
    List<GenerateRequest> asked() {
        return worker.calls.stream()
                .filter(GenerateRequest.class::isInstance)
                .map(GenerateRequest.class::cast)
                .toList();
    }

    @Override
    public void close() {
        http.close();
        gateway.close();
    }
}
