package dev.quantgate.gateway.http.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.Eventually;
import dev.quantgate.gateway.testing.ScriptedStream;
import dev.quantgate.worker.api.StreamSink;
import dev.quantgate.worker.api.inference.GenerateEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that vanish or do not read. */
final class StreamLifeTest {
    private final OpenAi api = new OpenAi();
    private final List<ScriptedStream> started = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        api.close();
    }

    private void generates(Function<StreamSink<GenerateEvent>, ScriptedStream> stream) {
        api.worker.generator = (request, context, sink) -> {
            var one = stream.apply(sink);
            started.add(one);
            return one;
        };
    }

    private Socket send(String body) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), api.gateway.port());
        var request =
                "POST " + OpenAi.CHAT + " HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: "
                        + body.length() + "\r\n\r\n" + body;
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"n\":3,\"stream\":true", "\"n\":3"})
    void aClientThatHangsUpCancelsEveryChoice(String fields) throws Exception {
        generates(ScriptedStream::silent);
        var socket = send(OpenAi.chat(fields));
        Eventually.assertTrue("three generations run", () -> started.size() == 3);

        socket.close();

        for (var stream : started) {
            stream.cancelled().get(20, TimeUnit.SECONDS);
        }
        assertThat(api.worker.contexts.get(0).cancellation().isCancelled()).isTrue();
        Eventually.assertTrue("the call is over", () -> api.gateway.gateway().runningCalls() == 0);
    }

    @Test
    void aClientThatStopsReadingStopsTheWorkerUntilItReads() throws Exception {
        generates(sink -> ScriptedStream.endless(sink, "x".repeat(1024)));
        try (var socket = send(OpenAi.chat("\"stream\":true"))) {
            Eventually.assertTrue("it runs", () -> started.size() == 1);
            Eventually.assertTrue("the worker pauses", () -> isSteady(started.get(0)));
            var before = started.get(0).sent();

            while (started.get(0).sent() == before) {
                assertThat(socket.getInputStream().readNBytes(64 << 10)).hasSize(64 << 10);
            }
        }
        started.get(0).cancelled().get(20, TimeUnit.SECONDS);
    }

    private static boolean isSteady(ScriptedStream stream) {
        var before = stream.sent();
        LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
        return before > 0 && stream.sent() == before;
    }
}
