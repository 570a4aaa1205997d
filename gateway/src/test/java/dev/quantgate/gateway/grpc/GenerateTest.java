package dev.quantgate.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.ScriptedStream;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.v1.ChatMessage;
import dev.quantgate.v1.ChatRequest;
import dev.quantgate.v1.FinishReason;
import dev.quantgate.v1.GenerateRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.v1.LoraAdapter;
import dev.quantgate.worker.api.inference.AdapterUse;
import dev.quantgate.worker.api.inference.GenerateEvent;
import dev.quantgate.worker.api.inference.ToolCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GenerateTest {
    private final FakeWorker worker = new FakeWorker("w1").with(Records.model("smol"), "smol:source");
    private final TestGateway gateway = TestGateway.over(new FakeDirectory(worker));

    @AfterEach
    void close() {
        gateway.close();
    }

    private InferenceServiceGrpc.InferenceServiceBlockingStub client() {
        return InferenceServiceGrpc.newBlockingStub(gateway.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @Test
    void adaptersArriveByEitherName() {
        var seen = new ArrayList<AdapterUse>();
        worker.generator = (request, context, sink) -> {
            seen.addAll(request.adapters());
            return ScriptedStream.of(sink, Records.COMPLETED);
        };
        var lora = List.of(
                LoraAdapter.newBuilder().setName("a").build(),
                LoraAdapter.newBuilder()
                        .setName("models/smol/adapters/b")
                        .setScale(0.5f)
                        .build());

        client().generate(prompt().toBuilder().addAllLora(lora).build()).forEachRemaining(message -> {});
        client().chat(ChatRequest.newBuilder()
                        .setModel("models/smol/variants/source")
                        .addMessages(ChatMessage.newBuilder().setRole("user").setContent("hi"))
                        .addAllLora(lora)
                        .build())
                .forEachRemaining(message -> {});

        var expected = List.of(new AdapterUse("a", 1), new AdapterUse("b", 0.5f));
        assertThat(seen.subList(0, 2)).isEqualTo(expected);
        assertThat(seen.subList(2, 4)).isEqualTo(expected);
    }

    @Test
    void aSessionArrivesAndItsTokensComeBack() {
        var seen = new ArrayList<String>();
        worker.generator = (request, context, sink) -> {
            seen.add(request.session());
            var end = Records.COMPLETED;
            return ScriptedStream.of(
                    sink,
                    new GenerateEvent.Completed(
                            end.reason(), 7, 3, 2, 0, 0, end.timings(), end.seed(), end.stopMatch(), 9));
        };

        var completion = client().generate(
                        prompt().toBuilder().setSession("chat-1").build())
                .next()
                .getCompletion();

        assertThat(seen).containsExactly("chat-1");
        assertThat(completion.getSessionTokens()).isEqualTo(9);
    }

    @Test
    void aWrongAdapterIsRefusedByItsField() {
        for (var wrong : List.of(
                LoraAdapter.newBuilder().setName("../a"),
                LoraAdapter.newBuilder().setName("models/other/adapters/a"),
                LoraAdapter.newBuilder().setName("a").setScale(Float.NaN),
                LoraAdapter.newBuilder().setName("a").setScale(101))) {
            assertThatThrownBy(() -> client().generate(
                                    prompt().toBuilder().addLora(wrong).build())
                            .hasNext())
                    .isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
                        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                        assertThat(refused).hasMessageContaining("expected");
                    });
        }
    }

    private static GenerateRequest prompt() {
        return GenerateRequest.newBuilder().setModel("smol").setPrompt("hi").build();
    }

    @Test
    void streamsChunksAndThenTheCompletion() {
        worker.generator = (request, context, sink) -> ScriptedStream.of(
                sink, GenerateEvent.Chunk.of("Hel", 1), GenerateEvent.Chunk.of("lo", 2), Records.COMPLETED);

        var messages = new ArrayList<dev.quantgate.v1.GenerateResponse>();
        client().generate(prompt()).forEachRemaining(messages::add);

        assertThat(messages).hasSize(3);
        assertThat(messages.get(0).getChunk().getText()).isEqualTo("Hel");
        assertThat(messages.get(1).getChunk().getTokens()).isEqualTo(2);
        var completion = messages.get(2).getCompletion();
        assertThat(completion.getFinishReason()).isEqualTo(FinishReason.FINISH_REASON_STOP);
        assertThat(completion.getUsage().getPromptTokens()).isEqualTo(7);
        assertThat(completion.getTimings().getQueueMicros()).isEqualTo(1);
        assertThat(Integer.toUnsignedLong(completion.getSeed())).isEqualTo(4_294_967_295L);
        assertThat(completion.getStopMatch()).isEqualTo("END");
    }

    @Test
    void streamsTenThousandItemsInOrderFromAnyThread() {
        worker.generator = (request, context, sink) -> ScriptedStream.numbered(sink, 10_000);

        var texts = new ArrayList<String>();
        client().generate(prompt())
                .forEachRemaining(message -> texts.add(message.getChunk().getText()));

        assertThat(texts).hasSize(10_001);
        for (int i = 0; i < 10_000; i++) {
            assertThat(texts.get(i)).isEqualTo("#" + i);
        }
    }

    @Test
    void chatCarriesReasoningAndToolCalls() {
        worker.generator = (request, context, sink) -> ScriptedStream.of(
                sink,
                new GenerateEvent.Chunk("a", "thinking", List.of(new ToolCall("c1", "f", "{}")), 1, List.of()),
                Records.COMPLETED);

        var first = client().chat(ChatRequest.newBuilder()
                        .setModel("models/smol/variants/source")
                        .addMessages(ChatMessage.newBuilder().setRole("user").setContent("hi"))
                        .build())
                .next()
                .getDelta();

        assertThat(first.getContent()).isEqualTo("a");
        assertThat(first.getReasoningContent()).isEqualTo("thinking");
        assertThat(first.getToolCalls(0).getName()).isEqualTo("f");
    }

    @Test
    void aFailureAfterChunksEndsTheStreamWithItsStatus() {
        worker.generator = (request, context, sink) -> {
            sink.item(GenerateEvent.Chunk.of("a", 1));
            return ScriptedStream.failing(sink, FakeWorker.unsupported());
        };

        var stream = client().generate(prompt());

        assertThat(stream.next().getChunk().getText()).isEqualTo("a");
        assertThatThrownBy(stream::next)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure ->
                                assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION));
    }
}
