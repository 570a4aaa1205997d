package dev.quantgate.gateway.convert;

import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param items what is on the page
 * @param nextToken token of the next page; empty on the last one
 */
public record Pages<T>(List<T> items, String nextToken) {
    private static final int DEFAULT_SIZE = 100;
    private static final int MAX_SIZE = 1000;

    /**
     * Cuts the page whose keys come after the one inside {@code token}; items that come and go between two pages do
     * not disturb the rest.
     *
     * @param all everything, in any order
     * @param key unique for each item; pages are ordered by it
     * @param size 0 to 1000; 0 means 100
     * @throws WorkerException INVALID_REQUEST for a size or token that is none
     */
    public static <T> Pages<T> cut(List<T> all, Function<T, String> key, int size, String token) {
        if (size < 0 || size > MAX_SIZE) {
            throw WorkerFailure.invalid("page_size", size + " (expected: 0 to " + MAX_SIZE + ")")
                    .asException();
        }
        var last = decode(token);
        var rest = all.stream()
                .filter(item -> key.apply(item).compareTo(last) > 0)
                .sorted(Comparator.comparing(key))
                .toList();
        var end = Math.min(rest.size(), size == 0 ? DEFAULT_SIZE : size);
        var next = end < rest.size() ? encode(key.apply(rest.get(end - 1))) : "";
        return new Pages<>(rest.subList(0, end), next);
    }

    private static String encode(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw WorkerFailure.invalid("page_token", "(expected: next_page_token of an earlier answer)")
                    .asException();
        }
    }
}
