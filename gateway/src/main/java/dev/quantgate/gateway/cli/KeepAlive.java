package dev.quantgate.gateway.cli;

import com.google.protobuf.Duration;
import java.util.regex.Pattern;

/** How long a model stays in memory, as people write it: {@code 90s}, {@code 5m}, {@code 2h}, {@code 0}, {@code -1}. */
final class KeepAlive {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(s|m|h|d)?");

    private KeepAlive() {}

    static Duration parse(String text) {
        if (text.equals("-1")) {
            return Duration.newBuilder().setSeconds(-1).build();
        }
        var time = TIME.matcher(text);
        if (!time.matches()) {
            throw new CliException(
                    ExitCodes.USAGE, "--keep-alive: " + text + " (expected: a number with s, m, h or d, or -1)");
        }
        var unit = time.group(2) == null ? "s" : time.group(2);
        var seconds = switch (unit) {
            case "m" -> 60L;
            case "h" -> 3600L;
            case "d" -> 86_400L;
            default -> 1L;
        };
        return Duration.newBuilder()
                .setSeconds(Long.parseLong(time.group(1)) * seconds)
                .build();
    }
}
