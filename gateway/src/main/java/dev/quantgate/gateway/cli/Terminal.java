package dev.quantgate.gateway.cli;

/** Tells whether a person watches the standard error. */
final class Terminal {
    private Terminal() {}

    /** The launcher says it through QUANTGATE_TTY: the JDK changed what System.console() means in version 22. */
    static boolean isAttached() {
        return "1".equals(System.getenv("QUANTGATE_TTY"));
    }
}
