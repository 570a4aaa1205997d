package dev.quantgate.worker.torch;

import dev.quantgate.natives.torch.TorchException;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.torch.model.InvalidModelException;
import dev.quantgate.worker.torch.safetensors.SafetensorsFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/** The one place where exceptions of this backend become planned failures. */
final class Failures {

    private Failures() {}

    /** What to throw to the runtime; a bug stays what it is. */
    static RuntimeException translate(Throwable cause) {
        if (cause instanceof CompletionException wrapped && wrapped.getCause() != null) {
            return translate(wrapped.getCause());
        }
        if (cause instanceof WorkerException planned) {
            return planned;
        }
        if (cause instanceof InvalidModelException || cause instanceof SafetensorsFormatException) {
            return failure(FailureKind.INVALID_MODEL, cause);
        }
        if (cause instanceof CancellationException) {
            return failure(FailureKind.CANCELLED, cause);
        }
        if (cause instanceof TorchException) {
            boolean memory = text(cause).toLowerCase(Locale.ROOT).contains("allocate memory");
            return failure(memory ? FailureKind.OUT_OF_MEMORY : FailureKind.BACKEND_CRASHED, cause);
        }
        if (cause instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
            return translate(wrapped.getCause());
        }
        if (cause instanceof IOException) {
            boolean full = text(cause).contains("No space left");
            WorkerFailure failure = full
                    ? WorkerFailure.of(FailureKind.DISK_FULL, "the disk has no room")
                    // The text of the operating system names the path.
                    : WorkerFailure.of(
                            FailureKind.INTERNAL,
                            "a file could not be read or written ("
                                    + cause.getClass().getSimpleName() + ")");
            return new WorkerException(failure, cause);
        }
        return cause instanceof RuntimeException bug ? bug : new IllegalStateException(cause);
    }

    private static WorkerException failure(FailureKind kind, Throwable cause) {
        return new WorkerException(WorkerFailure.of(kind, text(cause)), cause);
    }

    private static String text(Throwable cause) {
        return String.valueOf(cause.getMessage());
    }
}
