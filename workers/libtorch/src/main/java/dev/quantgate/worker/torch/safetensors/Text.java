package dev.quantgate.worker.torch.safetensors;

/** Makes untrusted names safe to print. */
final class Text {

    private static final int MAX_CHARS = 80;

    private Text() {}

    /** Quotes a name, without control characters and cut to a readable length. */
    static String quote(String name) {
        String cut = name.length() > MAX_CHARS ? name.substring(0, MAX_CHARS) + "..." : name;
        return "'" + cut.replaceAll("\\p{Cntrl}", "?") + "'";
    }
}
