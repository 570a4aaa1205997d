package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.QuantizationType;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.store.ArtifactCopy;
import dev.quantgate.worker.store.Sha256;
import dev.quantgate.worker.store.StoredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Turns a call into one operation, however often it is made: by its request id, by what it asks for, and by what is
 * there already. The decision is one step under the journal's lock, so it holds between processes.
 */
final class Submission {
    private final Workplace place;
    private final Journal journal;
    private final QuantizationTypes types;

    Submission(Workplace place, Journal journal) {
        this.place = place;
        this.journal = journal;
        this.types = new QuantizationTypes(place.backend());
    }

    JournalEntry importModel(ImportRequest request) throws IOException {
        var source = ArtifactCopy.plan(request.source()).source();
        if (!place.backend().recognizes(source)) {
            throw WorkerFailure.of(
                            FailureKind.UNSUPPORTED,
                            "source_uri: not a format that " + place.backend().name() + " serves")
                    .asException();
        }
        var work = new Work.Importing(
                place.backend().name(),
                new ImportRequest(request.model(), source, request.modelType(), request.version(), ""));
        return submit(work, request.requestId(), entries -> {
            var taken = entries.stream()
                    .anyMatch(entry ->
                            !entry.isFinal() && entry.work() instanceof Work.Importing && isSameModel(entry, work));
            if (taken || place.store().folder(request.model()).hasModel()) {
                throw WorkerFailure.of(FailureKind.ALREADY_EXISTS, "a model is called " + request.model() + " already")
                        .asException();
            }
            return Optional.empty();
        });
    }

    JournalEntry quantize(QuantizeRequest request) throws IOException {
        var model = place.store().model(request.model());
        var metadata = model.requireMetadata();
        if (!metadata.backend().equals(place.backend().name())) {
            throw WorkerFailure.of(
                            FailureKind.UNSUPPORTED, "model " + model.name() + " is served by " + metadata.backend())
                    .asException();
        }
        var type = types.resolve(request.type());
        var source = model.requireSource().requireManifest();
        if (model.variant(type.name()).isEmpty()) {
            requireAllowed(request, type, model);
        }
        var exact = new QuantizeRequest(
                request.model(),
                type.name(),
                "",
                request.allowRequantize(),
                request.importanceMatrix(),
                request.setDefault());
        var work = new Work.Quantizing(place.backend().name(), exact, source.sourceDigest());
        return submit(work, request.requestId(), entries -> existing(work));
    }

    /** What happens to a call that joins nothing: refuse, answer with a finished entry, or queue (empty). */
    private interface Rest {
        Optional<JournalEntry> decide(List<JournalEntry> entries) throws IOException;
    }

    private JournalEntry submit(Work work, String requestId, Rest rest) throws IOException {
        var claim = requestId.isEmpty()
                ? Optional.<JournalEntry.Claim>empty()
                : Optional.of(new JournalEntry.Claim(
                        requestId, Sha256.ofText(JournalFile.encode(work).encode())));
        var now = place.clock().instant();
        return journal.submit(entries -> {
            var same = claim.flatMap(mine -> claimed(entries, mine));
            if (same.isPresent()) {
                return same.get().joined(claim, work, now);
            }
            var alike = entries.stream()
                    .filter(entry -> !entry.isFinal() && entry.work().key().equals(work.key()))
                    .findFirst();
            if (alike.isPresent()) {
                return alike.get().joined(claim, work, now);
            }
            var decided = rest.decide(entries);
            if (decided.isEmpty()) {
                return JournalEntry.queued(newId(work), work, place.workerId(), claim, now);
            }
            var id = decided.get().id();
            return entries.stream()
                    .filter(entry -> entry.id().equals(id))
                    .findFirst()
                    .map(before -> before.joined(claim, work, now))
                    .orElseGet(() -> decided.get().claimedBy(claim));
        });
    }

    /** The operation that has this request id, or ALREADY_EXISTS if it was asked for something else. */
    private static Optional<JournalEntry> claimed(List<JournalEntry> entries, JournalEntry.Claim claim) {
        for (var entry : entries) {
            var earlier = entry.claimOf(claim.requestId());
            if (earlier.isPresent()) {
                if (!earlier.get().equals(claim)) {
                    throw new WorkerException(new WorkerFailure(
                            FailureKind.ALREADY_EXISTS,
                            "\"" + claim.requestId() + "\" was used for another request (expected: a new id)",
                            "request_id",
                            Duration.ZERO));
                }
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    /**
     * A finished entry for a variant that is there and, if that was asked for, is the default. There is one for each
     * variant, so that a client that asks every minute does not fill the journal.
     */
    private Optional<JournalEntry> existing(Work.Quantizing work) throws IOException {
        var model = place.store().model(work.model());
        var variant = model.variant(work.variant());
        if (variant.isEmpty()) {
            return Optional.empty();
        }
        var manifest = QuantizeJob.requireSameSource(variant.get(), work.sourceDigest());
        if (work.request().setDefault()
                && !model.requireMetadata().defaultVariant().equals(work.variant())) {
            return Optional.empty();
        }
        var id = "existing-"
                + Sha256.ofText(work.key() + " " + manifest.operation()).substring(0, 24);
        var now = place.clock().instant();
        return Optional.of(JournalEntry.queued(id, work, place.workerId(), Optional.empty(), now)
                .succeeded(Optional.of(QuantizationFigures.of(manifest)), true, now));
    }

    private static void requireAllowed(QuantizeRequest request, QuantizationType type, StoredModel model) {
        if (model.requireSource().requireManifest().quantized() && !request.allowRequantize()) {
            throw WorkerFailure.of(
                            FailureKind.FAILED_PRECONDITION,
                            "the source of model " + model.name()
                                    + " is quantised already (expected: allow_requantize, which costs quality twice)")
                    .asException();
        }
        var matrix = request.importanceMatrix();
        if (type.needsImportanceMatrix() && matrix.isEmpty()) {
            throw WorkerFailure.of(
                            FailureKind.FAILED_PRECONDITION,
                            "type " + type.name() + " needs an importance matrix (expected: importance_matrix_uri)")
                    .asException();
        }
        if (matrix.isPresent() && !Files.isReadable(matrix.get())) {
            throw WorkerFailure.invalid(
                            "importance_matrix_uri", "cannot be read (expected: a file on the worker's host)")
                    .asException();
        }
    }

    private static boolean isSameModel(JournalEntry entry, Work work) {
        return entry.work().model().equals(work.model());
    }

    private static String newId(Work work) {
        var prefix = switch (work.kind()) {
            case IMPORT -> "import-";
            case QUANTIZE -> "quantize-";
        };
        return Names.requireVariant(prefix + UUID.randomUUID(), "id");
    }
}
