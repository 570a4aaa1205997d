package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.QuantizationReport;
import java.io.IOException;
import java.util.Optional;

/**
 * What a job has made and checked, ready to be published.
 *
 * @param publication makes it count
 * @param report what was measured, for quantisations
 * @param alreadyDone true if it was there before
 */
record Result(Publication publication, Optional<QuantizationReport> report, boolean alreadyDone) {

    /** Makes a result count; runs under the lease's lock and may run twice. */
    @FunctionalInterface
    interface Publication {
        /** Publishes; {@code latest} is the work with everything that callers added while it ran. */
        void publish(Work latest) throws IOException;
    }
}
