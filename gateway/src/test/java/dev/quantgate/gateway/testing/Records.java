package dev.quantgate.gateway.testing;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.OperationKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.api.Task;
import dev.quantgate.worker.api.VariantRecord;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Records with everything set, for tests that care about one part of them. */
public final class Records {
    public static final Instant CREATED = Instant.parse("2025-04-17T08:40:22Z");
    public static final GenerateEvent.Completed COMPLETED = completed(GenerateEvent.FinishReason.STOP);
    public static final GenerateEvent.Completed CUT_OFF = completed(GenerateEvent.FinishReason.LENGTH);

    private Records() {}

    private static GenerateEvent.Completed completed(GenerateEvent.FinishReason reason) {
        return new GenerateEvent.Completed(
                reason,
                7,
                3,
                2,
                6,
                1,
                new GenerateEvent.Timings(
                        Duration.ofNanos(1_000), Duration.ofMillis(2), Duration.ofMillis(3), Duration.ofMillis(4)),
                -1,
                "END",
                0);
    }

    public static ModelRecord model(String name, String type, VariantRecord... variants) {
        return new ModelRecord(
                name,
                type,
                "hf_20250417_084022",
                CREATED,
                false,
                "/models/" + name,
                "llama.cpp",
                "source",
                Map.of("context_length", 2048L),
                Set.of(Task.GENERATE),
                List.of(variants),
                "{\"model_name\":\"" + name + "\",\"model_type\":\"" + type + "\",\"is_quantized\":false}",
                List.of());
    }

    public static ModelRecord model(String name) {
        return model(name, "llama", variant("source", LoadState.UNLOADED));
    }

    public static VariantRecord variant(String name, LoadState state, String... workers) {
        return new VariantRecord(
                name,
                "F16",
                false,
                1000,
                "ab".repeat(32),
                Map.of("F16", 30L),
                state,
                "",
                state == LoadState.ACTIVE ? 4096 : 0,
                List.of(workers));
    }

    public static OperationRecord operation(String id, OperationState state) {
        return operation(id, state, 1, false);
    }

    public static OperationRecord operation(String id, OperationState state, int callers, boolean alreadyDone) {
        return new OperationRecord(
                id,
                OperationKind.QUANTIZE,
                state,
                "smol",
                "Q8_0",
                state.isFinal() ? 1 : 0.5,
                "quantising blk.0",
                CREATED,
                CREATED.plusSeconds(1),
                "w1",
                callers,
                alreadyDone,
                state == OperationState.FAILED
                        ? Optional.of(WorkerFailure.of(FailureKind.DISK_FULL, "no room for 5 bytes"))
                        : Optional.empty(),
                state == OperationState.SUCCEEDED
                        ? Optional.of(new QuantizationReport(
                                2000, 1000, Duration.ofMillis(1500), Map.of("cosine_mean", 0.99), Map.of("Q8_0", 30L)))
                        : Optional.empty());
    }
}
