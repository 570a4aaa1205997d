package dev.quantgate.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

final class SseTraceTest {
    private static final String USAGE =
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    private final SseTrace answer = new SseTrace();

    @Test
    void countsCompletionEventsWithText() {
        receive("data: {\"choices\":[{\"text\":\"a\"}]}\n\n");
        receive("data: {\"choices\":[{\"text\":\"b\"}]}\n\ndata: {\"choices\":[{\"text\":\"\"}]}\n\n");
        receive(USAGE + DONE);
        answer.end();

        assertThat(trace().eventNanos().count()).isEqualTo(2);
        assertThat(trace().tokens()).isEqualTo(2);
    }

    @Test
    void readsChatEventsThatAreCutAnywhere() {
        var event = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\r\n\r\n"
                + "data: {\"choices\":[{\"delta\":{\"content\":\"\u00e9\"}}]}\r\n\r\n" + USAGE;
        var bytes = Buffer.buffer(event);
        for (int i = 0; i < bytes.length(); i++) {
            answer.received(bytes.slice(i, i + 1));
        }
        answer.end();

        assertThat(trace().eventNanos().count()).isEqualTo(1);
    }

    @Test
    void anErrorInTheStreamFailsTheTrace() {
        receive("data: {\"error\":{\"message\":\"no room\"}}\n\n");

        assertThatThrownBy(this::trace).hasStackTraceContaining("no room");
    }

    @Test
    void anAnswerWithoutTextFailsTheTrace() {
        receive(USAGE);
        answer.end();

        assertThatThrownBy(this::trace).hasStackTraceContaining("no text");
    }

    @Test
    void anAnswerWithoutUsageFailsTheTrace() {
        receive("data: {\"choices\":[{\"text\":\"a\"}]}\n\n" + DONE);
        answer.end();

        assertThatThrownBy(this::trace).hasStackTraceContaining("no usage");
    }

    private void receive(String text) {
        answer.received(Buffer.buffer(text));
    }

    private Trace trace() {
        return answer.trace().toCompletableFuture().join();
    }
}
