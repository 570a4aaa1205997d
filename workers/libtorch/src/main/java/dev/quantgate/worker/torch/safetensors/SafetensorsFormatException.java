package dev.quantgate.worker.torch.safetensors;

/** A safetensors file that breaks the format; the message says what is wrong and names no path. */
public final class SafetensorsFormatException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public SafetensorsFormatException(String message) {
        super(message);
    }

    SafetensorsFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
