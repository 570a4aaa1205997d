package dev.quantgate.worker.bus;

import com.google.protobuf.ByteString;
import dev.quantgate.worker.api.AdapterRecord;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.SessionRecord;
import dev.quantgate.worker.api.Task;
import dev.quantgate.worker.api.VariantRecord;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.WorkerStatus;
import dev.quantgate.worker.api.inference.AdapterUse;
import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import dev.quantgate.worker.api.inference.GenerateEvent.Completed;
import dev.quantgate.worker.api.inference.GenerateEvent.FinishReason;
import dev.quantgate.worker.api.inference.GenerateEvent.Timings;
import dev.quantgate.worker.api.inference.GenerateRequest;
import dev.quantgate.worker.api.inference.GenerationInput;
import dev.quantgate.worker.api.inference.GenerationOptions;
import dev.quantgate.worker.api.inference.Sampling;
import dev.quantgate.worker.api.inference.TokenLogprob;
import dev.quantgate.worker.api.inference.TokenLogprob.Candidate;
import dev.quantgate.worker.api.inference.ToolCall;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Records with every field set to something that is not its default. */
final class Samples {
    static final Instant CREATED = Instant.parse("2026-03-04T05:06:07.123456789Z");

    static final WorkerFailure FAILURE =
            new WorkerFailure(FailureKind.QUEUE_FULL, "12 waiting (expected: < 12)", "a.b[3]", Duration.ofMillis(1234));

    static final GenerateRequest REQUEST = new GenerateRequest(
            ModelRef.of("smol"),
            new GenerationInput.Prompt("Hello", false),
            Sampling.DEFAULT,
            GenerationOptions.DEFAULT,
            List.of(new AdapterUse("pirate", 0.5f)),
            "chat-1",
            Optional.of(Duration.ofSeconds(90)));

    static final ToolCall TOOL_CALL = new ToolCall("call-1", "weather", "{\"city\":\"Zürich\"}");

    private Samples() {}

    static WorkerStatus status(String id) {
        return new WorkerStatus(
                id,
                "llama.cpp",
                "v0.5.0",
                "sapphirerapids",
                "store-1",
                Set.of("smol", "bert"),
                List.of("smol:Q8_0", "smol:source"),
                true,
                3,
                4,
                5_000_000_000L,
                Map.of("kv_tokens_used", 12.5));
    }

    static VariantRecord variant(LoadState state) {
        return new VariantRecord(
                "Q4_K_M",
                "Q4_K_M",
                true,
                6_000_000_000L,
                "ab12",
                Map.of("Q4_K", 7L, "F32", 2L),
                state,
                "loading tensors",
                7_000_000_000L,
                List.of("w2", "w1"));
    }

    static ModelRecord model(Set<Task> tasks) {
        return new ModelRecord(
                "smol",
                "llama",
                "hf_20250417_084022",
                CREATED,
                true,
                "file:///models/smol.gguf",
                "llama.cpp",
                "Q4_K_M",
                Map.of("context_length", 2048L),
                tasks,
                List.of(variant(LoadState.ACTIVE), variant(LoadState.UNLOADED)),
                "{\"model_name\":\"smol\"}",
                List.of(adapter()));
    }

    static SessionRecord session() {
        return new SessionRecord("chat-1", 7_000_000_000L, CREATED);
    }

    static AdapterRecord adapter() {
        return new AdapterRecord("pirate", 123_456L, "cd34", 16, 32.5f, CREATED);
    }

    static OperationRecord operation(OperationKind kind, OperationState state) {
        return new OperationRecord(
                "op-1",
                kind,
                state,
                "smol",
                "Q4_K_M",
                0.25,
                "tensor 3 of 12",
                CREATED,
                CREATED.plusNanos(1),
                "w1",
                2,
                true,
                Optional.of(FAILURE),
                Optional.of(report()));
    }

    static QuantizationReport report() {
        return new QuantizationReport(
                2_200_000_000L,
                700_000_000L,
                Duration.ofNanos(1_234_567_890_123L),
                Map.of("cosine_mean", 0.998),
                Map.of("Q4_K", 7L));
    }

    static QuantizationType quantizationType() {
        return new QuantizationType("Q4_K_M", "llama.cpp", 4.85, true, "medium", true);
    }

    static Chunk chunk() {
        var candidate = new Candidate(17, ByteString.copyFrom(new byte[] {(byte) 0xe2, (byte) 0x82}), -0.5f);
        return new Chunk(
                "text €",
                "thought",
                List.of(TOOL_CALL),
                2,
                List.of(new TokenLogprob(candidate, List.of(candidate, new Candidate(18, ByteString.EMPTY, -2f)))));
    }

    static Completed completed(FinishReason reason) {
        return new Completed(
                reason,
                10,
                20,
                5,
                9,
                8,
                new Timings(Duration.ofNanos(1), Duration.ofMillis(2), Duration.ofSeconds(3), Duration.ofMinutes(4)),
                -7,
                "</s>",
                77);
    }
}
