package dev.quantgate.worker.bus;

/** A message on the bus says something that this release does not know: the two ends are of different releases. */
final class MappingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MappingException(String what, Object value) {
        super("unknown " + what + " on the bus: " + value);
    }
}
