package dev.quantgate.worker.store;

import java.io.IOException;

/** A file of the store does not hold what it must; the message names the file and the field, without folders. */
public final class DamagedFileException extends IOException {
    private static final long serialVersionUID = 1L;

    public DamagedFileException(String message) {
        super(message);
    }
}
