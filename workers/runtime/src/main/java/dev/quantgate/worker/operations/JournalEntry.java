package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.OperationRecord;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizationReport;
import dev.quantgate.worker.api.WorkerFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One operation as {@code operations/<id>.json} keeps it.
 *
 * @param record what callers see
 * @param work what has to be done
 * @param epoch of the lease it was last run under, 0 before the first run
 * @param attempts number of runs that were started
 * @param claims request ids of the calls that joined, oldest first
 */
record JournalEntry(OperationRecord record, Work work, long epoch, int attempts, List<Claim> claims) {
    private static final int MAX_CLAIMS = 1000;

    /** A caller's idempotency key with a digest of everything it asked for. */
    record Claim(String requestId, String fingerprint) {}

    JournalEntry {
        claims = List.copyOf(claims);
    }

    static JournalEntry queued(String id, Work work, String worker, Optional<Claim> claim, Instant now) {
        var record = new OperationRecord(
                id,
                work.kind(),
                OperationState.QUEUED,
                work.model(),
                work.variant(),
                0,
                "waits for its turn",
                now,
                now,
                worker,
                1,
                false,
                Optional.empty(),
                Optional.empty());
        return new JournalEntry(record, work, 0, 0, claim.stream().toList());
    }

    String id() {
        return record.id();
    }

    boolean isFinal() {
        return record.state().isFinal();
    }

    Optional<Claim> claimOf(String requestId) {
        return claims.stream()
                .filter(claim -> claim.requestId().equals(requestId))
                .findFirst();
    }

    /** One more call waits for it. */
    JournalEntry joined(Optional<Claim> claim, Work wanted, Instant now) {
        var merged = work instanceof Work.Quantizing mine
                        && wanted instanceof Work.Quantizing other
                        && other.request().setDefault()
                ? mine.makingDefault()
                : work;
        var joined =
                record(record.state(), record.fraction(), record.step(), now, record.worker(), record.callers() + 1);
        return new JournalEntry(joined, merged, epoch, attempts, claims).claimedBy(claim);
    }

    /** The same, found by one more request id; of very many the oldest are forgotten. */
    JournalEntry claimedBy(Optional<Claim> claim) {
        if (claim.isEmpty() || claims.contains(claim.get())) {
            return this;
        }
        var all = new ArrayList<>(claims);
        all.add(claim.get());
        var kept = all.subList(Math.max(0, all.size() - MAX_CLAIMS), all.size());
        return new JournalEntry(record, work, epoch, attempts, kept);
    }

    /** A worker starts on it. */
    JournalEntry started(String worker, long newEpoch, Instant now) {
        return new JournalEntry(
                record(OperationState.RUNNING, 0, "starts", now, worker, record.callers()),
                work,
                newEpoch,
                attempts + 1,
                claims);
    }

    /** Its worker was told to stop; anybody may go on, and it does not count as an attempt. */
    JournalEntry requeued(Instant now) {
        return new JournalEntry(
                record(OperationState.QUEUED, 0, "waits for another worker", now, record.worker(), record.callers()),
                work,
                epoch,
                Math.max(0, attempts - 1),
                claims);
    }

    JournalEntry progressed(OperationState state, double fraction, String step, Instant now) {
        return with(record(state, fraction, step, now, record.worker(), record.callers()));
    }

    JournalEntry succeeded(Optional<QuantizationReport> report, boolean alreadyDone, Instant now) {
        return with(ended(OperationState.SUCCEEDED, 1, "done", now, alreadyDone, Optional.empty(), report));
    }

    JournalEntry failed(WorkerFailure failure, Instant now) {
        return with(ended(
                OperationState.FAILED,
                record.fraction(),
                record.step(),
                now,
                false,
                Optional.of(failure),
                Optional.empty()));
    }

    JournalEntry cancelled(WorkerFailure failure, Instant now) {
        return with(ended(
                OperationState.CANCELLED,
                record.fraction(),
                record.step(),
                now,
                false,
                Optional.of(failure),
                Optional.empty()));
    }

    private JournalEntry with(OperationRecord changed) {
        return new JournalEntry(changed, work, epoch, attempts, claims);
    }

    private OperationRecord record(
            OperationState state, double fraction, String step, Instant now, String worker, int callers) {
        return new OperationRecord(
                record.id(),
                record.kind(),
                state,
                record.model(),
                record.variant(),
                fraction,
                step,
                record.createdAt(),
                now,
                worker,
                callers,
                record.alreadyDone(),
                record.failure(),
                record.report());
    }

    private OperationRecord ended(
            OperationState state,
            double fraction,
            String step,
            Instant now,
            boolean alreadyDone,
            Optional<WorkerFailure> failure,
            Optional<QuantizationReport> report) {
        return new OperationRecord(
                record.id(),
                record.kind(),
                state,
                record.model(),
                record.variant(),
                fraction,
                step,
                record.createdAt(),
                now,
                record.worker(),
                record.callers(),
                alreadyDone,
                failure,
                report);
    }
}
