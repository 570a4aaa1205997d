package dev.quantgate.worker.torch.model;

/** A model folder whose parts are missing, malformed or contradict each other; the message names the part. */
public final class InvalidModelException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public InvalidModelException(String message) {
        super(message);
    }

    public InvalidModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
