package dev.quantgate.gateway.config;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Values with units, as people write them. */
final class Values {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,18})(|B|KiB|MiB|GiB|TiB)");

    private Values() {}

    /** Reads {@code 250ms}, {@code 30s}, {@code 5m}, {@code 1h} or {@code 7d}. */
    static Duration duration(String key, String text) {
        var matcher = DURATION.matcher(text.strip());
        if (!matcher.matches()) {
            throw new ConfigException(
                    key + ": " + text + " (expected: a number and one of ms, s, m, h, d, such as 30s)");
        }
        var count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /** Reads a number of bytes with an optional unit: {@code 512}, {@code 64KiB}, {@code 4MiB}, {@code 6GiB}. */
    static long bytes(String key, String text) {
        var matcher = BYTES.matcher(text.strip());
        if (!matcher.matches()) {
            throw new ConfigException(key + ": " + text + " (expected: bytes with an optional KiB, MiB, GiB or TiB)");
        }
        var count = Long.parseLong(matcher.group(1));
        var shift = switch (matcher.group(2)) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            case "TiB" -> 40;
            default -> 0;
        };
        if (count > Long.MAX_VALUE >> shift) {
            throw new ConfigException(key + ": " + text + " (expected: less than 8 EiB)");
        }
        return count << shift;
    }

    static boolean bool(String key, String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new ConfigException(key + ": " + text + " (expected: true or false)");
        };
    }

    static int integer(String key, String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException malformed) {
            throw new ConfigException(key + ": " + text + " (expected: a whole number)");
        }
    }
}
