package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.OperationKind;
import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.store.DamagedFileException;
import dev.quantgate.worker.store.StrictJson;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The JSON form of a {@link JournalEntry}. */
final class JournalFile {
    private static final int MAX_BYTES = 1 << 20;

    private JournalFile() {}

    static JournalEntry read(Path file) throws IOException {
        var json = StrictJson.read(file, MAX_BYTES);
        var id = json.string("id");
        if (!file.endsWith(id + ".json")) {
            throw json.damaged("id", "the file's name");
        }
        var kind = json.constant("kind", OperationKind.class);
        try {
            var work = work(kind, json.object("work"));
            var record = new OperationRecord(
                    id,
                    kind,
                    json.constant("state", OperationState.class),
                    work.model(),
                    work.variant(),
                    json.number("fraction"),
                    json.string("step"),
                    json.instant("created_at"),
                    json.instant("updated_at"),
                    json.string("worker"),
                    (int) json.integer("callers", 1),
                    json.flag("already_done"),
                    failure(json.optionalObject("failure")),
                    report(json.optionalObject("report")));
            var claims = new ArrayList<JournalEntry.Claim>();
            for (var claim : json.objects("claims")) {
                claims.add(new JournalEntry.Claim(claim.string("request_id"), claim.string("fingerprint")));
            }
            return new JournalEntry(record, work, json.integer("epoch", 0), (int) json.integer("attempts", 0), claims);
        } catch (WorkerException refused) {
            throw new DamagedFileException(id + ".json: " + refused.getMessage());
        }
    }

    static String encode(JournalEntry entry) {
        var record = entry.record();
        var claims = new JsonArray();
        for (var claim : entry.claims()) {
            claims.add(new JsonObject().put("request_id", claim.requestId()).put("fingerprint", claim.fingerprint()));
        }
        var json = new JsonObject()
                .put("id", record.id())
                .put("kind", record.kind().name())
                .put("state", record.state().name())
                .put("model", record.model())
                .put("variant", record.variant())
                .put("fraction", record.fraction())
                .put("step", record.step())
                .put("created_at", record.createdAt().toString())
                .put("updated_at", record.updatedAt().toString())
                .put("worker", record.worker())
                .put("callers", record.callers())
                .put("already_done", record.alreadyDone())
                .put("epoch", entry.epoch())
                .put("attempts", entry.attempts())
                .put("claims", claims)
                .put("work", encode(entry.work()));
        record.failure().ifPresent(failure -> json.put("failure", encode(failure)));
        record.report().ifPresent(report -> json.put("report", encode(report)));
        return json.encodePrettily();
    }

    private static Work work(OperationKind kind, StrictJson json) throws IOException {
        var backend = json.string("backend");
        return switch (kind) {
            case IMPORT ->
                new Work.Importing(
                        backend,
                        new ImportRequest(
                                json.string("model"),
                                Path.of(json.string("source")),
                                json.string("model_type"),
                                json.string("version"),
                                ""));
            case QUANTIZE ->
                new Work.Quantizing(
                        backend,
                        new QuantizeRequest(
                                json.string("model"),
                                json.string("type"),
                                "",
                                json.flag("allow_requantize"),
                                json.has("importance_matrix")
                                        ? Optional.of(Path.of(json.string("importance_matrix")))
                                        : Optional.empty(),
                                json.flag("set_default")),
                        json.string("source_digest"));
        };
    }

    /** Everything that was asked for but the request id; equal requests have equal forms. */
    static JsonObject encode(Work work) {
        var json = new JsonObject().put("backend", work.backend()).put("model", work.model());
        if (work instanceof Work.Importing importing) {
            return json.put("source", importing.request().source().toString())
                    .put("model_type", importing.request().modelType())
                    .put("version", importing.request().version());
        }
        var quantizing = (Work.Quantizing) work;
        var request = quantizing.request();
        json.put("type", request.type())
                .put("allow_requantize", request.allowRequantize())
                .put("set_default", request.setDefault())
                .put("source_digest", quantizing.sourceDigest());
        request.importanceMatrix().ifPresent(matrix -> json.put("importance_matrix", matrix.toString()));
        return json;
    }

    private static JsonObject encode(WorkerFailure failure) {
        return new JsonObject()
                .put("kind", failure.kind().name())
                .put("message", failure.message())
                .put("field", failure.field())
                .put("retry_after_millis", failure.retryAfter().toMillis());
    }

    private static Optional<WorkerFailure> failure(Optional<StrictJson> json) throws IOException {
        if (json.isEmpty()) {
            return Optional.empty();
        }
        var failure = json.get();
        return Optional.of(new WorkerFailure(
                failure.constant("kind", FailureKind.class),
                failure.string("message"),
                failure.string("field"),
                Duration.ofMillis(failure.integer("retry_after_millis", 0))));
    }

    private static JsonObject encode(QuantizationReport report) {
        var quality = new TreeMap<String, Object>();
        for (Map.Entry<String, Double> figure : report.quality().entrySet()) {
            if (Double.isFinite(figure.getValue())) {
                quality.put(figure.getKey(), figure.getValue());
            }
        }
        return new JsonObject()
                .put("source_bytes", report.sourceBytes())
                .put("quantized_bytes", report.quantizedBytes())
                .put("duration_millis", report.duration().toMillis())
                .put("quality", new JsonObject(quality))
                .put("tensor_types", new JsonObject(new TreeMap<>(report.tensorTypes())));
    }

    private static Optional<QuantizationReport> report(Optional<StrictJson> json) throws IOException {
        if (json.isEmpty()) {
            return Optional.empty();
        }
        var report = json.get();
        return Optional.of(new QuantizationReport(
                report.integer("source_bytes", 0),
                report.integer("quantized_bytes", 0),
                Duration.ofMillis(report.integer("duration_millis", 0)),
                report.figures("quality"),
                report.counts("tensor_types")));
    }
}
