package dev.quantgate.natives.llama;

/** Range checks whose messages say what was given and what is allowed. */
final class Checks {
    private Checks() {}

    static int require(int value, int least, int most, String name) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
        return value;
    }

    static float require(float value, float least, float most, String name) {
        // Written so that NaN fails.
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
        return value;
    }

    /** C strings end at the first NUL, so a text that holds one would be cut silently. */
    static String requireNoNul(String text, String name) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(name + ": contains a NUL character (expected: text without)");
        }
        return text;
    }
}
