package dev.quantgate.worker.api.inference;

/** Whether a text's next tokens may be guessed and computed several at once; that changes the speed, never the text. */
public enum Speculation {
    /** Where it pays. */
    AUTO,
    /** Never. */
    OFF
}
