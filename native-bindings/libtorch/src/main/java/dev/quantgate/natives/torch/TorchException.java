package dev.quantgate.natives.torch;

import java.util.regex.Pattern;

/** A refusal by libtorch, with its message cut down to what a user may see: no build paths, no native frames. */
public final class TorchException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int MAX_MESSAGE_CHARS = 400;
    private static final Pattern FRAMES =
            Pattern.compile("(?s)\\n?(Exception raised from|C\\+\\+ CapturedTraceback|frame #).*");
    private static final Pattern PATH = Pattern.compile("(\"?)/(?:[\\w.+@-]+/)+([\\w.+-]+)(:\\d+)?\\1");
    private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-fA-F]{4,}");

    private TorchException(String message) {
        super(message);
    }

    /** Translates an exception that crossed JNI; the original is dropped on purpose, since its text names the build. */
    static TorchException from(RuntimeException raised) {
        return new TorchException(sanitize(String.valueOf(raised.getMessage())));
    }

    static String sanitize(String message) {
        String text = FRAMES.matcher(message).replaceFirst("");
        text = PATH.matcher(text).replaceAll("$2");
        text = ADDRESS.matcher(text).replaceAll("0x?").strip().replaceAll("\\s+", " ");
        return text.length() > MAX_MESSAGE_CHARS ? text.substring(0, MAX_MESSAGE_CHARS) + "..." : text;
    }
}
