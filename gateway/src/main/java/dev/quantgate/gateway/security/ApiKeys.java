package dev.quantgate.gateway.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys that callers must show one of, as {@code authorization: Bearer KEY}; without keys everybody may call. Keeps
 * digests alone, so that no log, message or heap dump can give a key away. Immutable and thread-safe.
 */
public final class ApiKeys {
    /** Fewer characters can be guessed through the network. */
    public static final int MIN_LENGTH = 16;
    /** A key has to fit into a request's headers. */
    public static final int MAX_LENGTH = 512;

    /** No keys: everybody may call. */
    public static final ApiKeys NONE = new ApiKeys(List.of());

    /** What a challenge names after RFC 6750; a caller that has shown nothing is not told that something was wrong. */
    private static final String CHALLENGE = "Bearer realm=\"quantgate\"";

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{" + MIN_LENGTH + "," + MAX_LENGTH + "}");
    private static final String SCHEME = "Bearer ";

    private final List<byte[]> digests;

    private ApiKeys(List<byte[]> digests) {
        this.digests = digests;
    }

    /** Why a caller is not let in. */
    public enum Refusal {
        MISSING("API_KEY_MISSING", "this gateway wants an API key (expected: authorization: Bearer KEY)", CHALLENGE),
        INVALID("API_KEY_INVALID", "the API key is not valid", CHALLENGE + ", error=\"invalid_token\"");

        private final String reason;
        private final String message;
        private final String challenge;

        Refusal(String reason, String message, String challenge) {
            this.reason = reason;
            this.message = message;
            this.challenge = challenge;
        }

        /** A stable word for programs. */
        public String reason() {
            return reason;
        }

        /** A sentence for people. */
        public String message() {
            return message;
        }

        /** The value of {@code WWW-Authenticate}. */
        public String challenge() {
            return challenge;
        }
    }

    /** Takes keys of which {@link #isKey} holds. */
    public static ApiKeys of(Collection<String> keys) {
        for (var key : keys) {
            if (!isKey(key)) {
                throw new IllegalArgumentException(
                        "keys: one of " + key.length() + " characters (expected: " + rule() + ")");
            }
        }
        return keys.isEmpty()
                ? NONE
                : new ApiKeys(keys.stream().distinct().map(ApiKeys::digest).toList());
    }

    /** Whether a text can be a key. */
    public static boolean isKey(String text) {
        return KEY.matcher(text).matches();
    }

    /** What {@link #isKey} asks for, in words. */
    public static String rule() {
        return MIN_LENGTH + " to " + MAX_LENGTH + " printable ASCII characters without spaces";
    }

    /** Whether callers need a key. */
    public boolean areRequired() {
        return !digests.isEmpty();
    }

    /**
     * Judges a call by its {@code authorization} header. How long that takes tells nothing of the keys: digests are
     * compared whole, and with every key.
     */
    public Optional<Refusal> refusal(@Nullable String authorization) {
        if (digests.isEmpty()) {
            return Optional.empty();
        }
        if (authorization == null || authorization.isBlank()) {
            return Optional.of(Refusal.MISSING);
        }
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.of(Refusal.INVALID);
        }
        var shown = digest(authorization.substring(SCHEME.length()).strip());
        var found = false;
        for (var digest : digests) {
            found |= MessageDigest.isEqual(digest, shown);
        }
        return found ? Optional.empty() : Optional.of(Refusal.INVALID);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ApiKeys that
                && digests.size() == that.digests.size()
                && digests.stream()
                        .allMatch(
                                mine -> that.digests.stream().anyMatch(theirs -> MessageDigest.isEqual(mine, theirs)));
    }

    @Override
    public int hashCode() {
        return digests.size();
    }

    /** Says how many keys there are, and nothing else of them. */
    @Override
    public String toString() {
        return digests.isEmpty() ? "none" : digests.size() + " (not shown)";
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
