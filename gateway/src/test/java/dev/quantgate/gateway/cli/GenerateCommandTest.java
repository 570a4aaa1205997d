package dev.quantgate.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.ScriptedStream;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code generate} and {@code run}. */
final class GenerateCommandTest {
    private final FakeWorker worker = new FakeWorker("w1").with(Records.model("smol"), "smol:source");
    private final TestGateway gateway = TestGateway.over(new FakeDirectory(worker));

    @BeforeEach
    void answersInTwoChunks() {
        worker.generator = (request, context, sink) -> ScriptedStream.of(
                sink, GenerateEvent.Chunk.of("grün", 1), GenerateEvent.Chunk.of(" blau", 1), Records.COMPLETED);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private GenerationInput input() {
        return worker.calls.stream()
                .filter(GenerateRequest.class::isInstance)
                .map(call -> ((GenerateRequest) call).input())
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    @Test
    void theTextIsPrintedAndNothingElse() {
        var run = CliRun.at(gateway, "generate", "smol", "Farben:");

        assertThat(run).isEqualTo(new CliRun(ExitCodes.OK, "grün blau" + System.lineSeparator(), ""));
        assertThat(input()).isEqualTo(new GenerationInput.Prompt("Farben:", false));
    }

    @Test
    void aDashReadsThePromptFromStandardInput() {
        CliRun.typing("über\n", gateway, "generate", "smol", "-");

        assertThat(input()).isEqualTo(new GenerationInput.Prompt("über\n", false));
    }

    @Test
    void jsonHasOneMessageALine() {
        var lines = CliRun.at(gateway, "generate", "smol", "x", "--json").json();

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0).getJsonObject("chunk").getString("text")).isEqualTo("grün");
        assertThat(lines.get(2).getJsonObject("completion").getString("finishReason"))
                .isEqualTo("FINISH_REASON_STOP");
        assertThat(CliRun.at(gateway, "run", "smol", "x", "--json").json()).hasSize(3);
    }

    @Test
    void timingsGoToStandardError() {
        var run = CliRun.at(gateway, "generate", "smol", "x", "--timings");

        assertThat(run.out()).isEqualToIgnoringNewLines("grün blau");
        assertThat(run.err())
                .startsWith(
                        "7 prompt tokens (2 cached), 3 generated (stop), 1 of 6 guesses accepted; first token after 3 ms");
    }

    @Test
    void aRefusalIsOneLineAndItsExitCode() {
        var run = CliRun.at(gateway, "generate", "nope", "x");

        assertThat(run)
                .isEqualTo(new CliRun(ExitCodes.NOT_FOUND, "", "quantgate: no model nope" + System.lineSeparator()));
        assertThat(CliRun.at(gateway, "generate", "smol", "x", "-t", "101").code())
                .isEqualTo(ExitCodes.REFUSED);
        assertThat(CliRun.at(gateway, "generate", "smol", "x", "--nope").code()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void whenNobodyReadsTheGenerationStops() {
        var stream = new CompletableFuture<ScriptedStream>();
        worker.generator = (request, context, sink) -> {
            stream.complete(ScriptedStream.endless(sink, "word "));
            return stream.join();
        };

        var run = CliRun.unread(gateway, "generate", "smol", "x");

        assertThat(run.code()).isEqualTo(ExitCodes.CANCELLED);
        assertThat(stream.join().cancelled()).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void aConversationKeepsItsMessages() {
        var run = CliRun.typing("one\n\ntwo\n/bye\nthree\n", gateway, "run", "smol", "--system", "Be kind.");

        assertThat(run.code()).isEqualTo(ExitCodes.OK);
        assertThat(((GenerationInput.Conversation) input()).messages())
                .extracting(message -> message.role() + ": " + message.content())
                .containsExactly("system: Be kind.", "user: one", "assistant: grün blau", "user: two");
    }

    @Test
    void aRefusedMessageDoesNotEndTheConversation() {
        var turn = new AtomicInteger();
        worker.generator = (request, context, sink) -> turn.getAndIncrement() == 0
                ? ScriptedStream.failing(sink, WorkerFailure.invalid("messages", "too long"))
                : ScriptedStream.of(sink, GenerateEvent.Chunk.of("yes", 1), Records.COMPLETED);

        var run = CliRun.typing("long\nshort\n", gateway, "run", "smol");

        assertThat(run.code()).isEqualTo(ExitCodes.OK);
        assertThat(run.err()).contains("quantgate: messages: too long");
        assertThat(run.out()).contains("yes");
        assertThat(((GenerationInput.Conversation) input()).messages())
                .extracting(message -> message.content())
                .containsExactly("short");
    }
}
