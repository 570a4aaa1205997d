package dev.quantgate.worker.llamacpp;

import dev.quantgate.natives.llama.FlashAttention;
import dev.quantgate.natives.llama.TensorType;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.BackendSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The settings of this backend alone, from {@link BackendSettings#options()}.
 *
 * @param keyType {@code kv_type_k}: type of cached keys, {@code f16} by default
 * @param valueType {@code kv_type_v}: type of cached values, {@code f16} by default; a quantised one turns flash
 *     attention on
 * @param batchTokens {@code batch_tokens}: most tokens in one decode step, 16 to 8192, 512 by default
 * @param microBatchTokens {@code ubatch_tokens}: most tokens computed at once, at most {@code batch_tokens}
 * @param flashAttention {@code flash_attention}: {@code auto} (default), {@code on} or {@code off}
 * @param mmap {@code mmap}: map the file instead of reading it, {@code true} by default
 * @param mlock {@code mlock}: keep the weights in RAM, {@code false} by default
 * @param kvLayout {@code kv_layout}: {@code auto} (default), {@code shared} or {@code separate}
 * @param kvTokens {@code kv_tokens}: tokens in the KV cache that all sequences share; 0, the default, chooses
 * @param prefixCache {@code prefix_cache}: keep the KV of finished requests for others with the same beginning,
 *     {@code true} by default
 * @param prefixTokens {@code prefix_tokens}: most tokens that {@code prefix_cache} keeps while requests come back to
 *     them; less, or nothing, while they do not; 0, the default, is a quarter of the KV cache
 * @param deterministic {@code deterministic}: give each sequence a cache of its own, so that a text does not depend on
 *     what runs beside it; no prefix cache, and flash attention only by Quantgate's kernels; {@code false} by default
 * @param draftTokens {@code draft_tokens}: most tokens of a text that are guessed ahead and computed at once, 0 to 62; 0
 *     turns speculation off; 48 by default, 0 with {@code deterministic}
 * @param draftModel {@code draft_model}: path of a small GGUF model with the same vocabulary that guesses as well; none by
 *     default
 * @param sessionBytes {@code session_bytes}: most bytes that the sessions of one model take on disk, 1 GiB by default; the
 *     oldest give way
 * @param stepTarget {@code step_ms}: how long a step with prompts in it may hold up running streams, 1 to 60000
 *     milliseconds, 80 by default
 * @param ownAttention no setting: whether Quantgate's kernels compute attention; see {@link #withKernels}
 */
record EngineOptions(
        TensorType keyType,
        TensorType valueType,
        int batchTokens,
        int microBatchTokens,
        FlashAttention flashAttention,
        boolean mmap,
        boolean mlock,
        KvLayout kvLayout,
        int kvTokens,
        boolean prefixCache,
        int prefixTokens,
        boolean deterministic,
        int draftTokens,
        Optional<Path> draftModel,
        long sessionBytes,
        Duration stepTarget,
        boolean ownAttention) {
    private static final int TRIAL_BATCH_TOKENS = 64;

    private static final List<TensorType> KV_TYPES = List.of(
            TensorType.F32,
            TensorType.F16,
            TensorType.BF16,
            TensorType.Q8_0,
            TensorType.Q5_1,
            TensorType.Q5_0,
            TensorType.Q4_1,
            TensorType.Q4_0);

    /**
     * Reads the options.
     *
     * @throws WorkerException INVALID_REQUEST for an unknown name or a value out of range
     */
    static EngineOptions parse(BackendSettings settings) {
        var values = new Values(settings.options());
        var valueType = values.type("kv_type_v");
        var deterministic = values.flag("deterministic", false);
        var batchTokens = values.number("batch_tokens", 512, 16, 8192);
        var options = new EngineOptions(
                values.type("kv_type_k"),
                valueType,
                batchTokens,
                values.number("ubatch_tokens", Math.min(512, batchTokens), 16, batchTokens),
                values.choice(
                        "flash_attention",
                        FlashAttention.class,
                        isQuantized(valueType) ? FlashAttention.ON : FlashAttention.AUTO),
                values.flag("mmap", true),
                values.flag("mlock", false),
                values.choice("kv_layout", KvLayout.class, deterministic ? KvLayout.SEPARATE : KvLayout.AUTO),
                values.number("kv_tokens", 0, 0, 1 << 24),
                values.flag("prefix_cache", !deterministic),
                values.number("prefix_tokens", 0, 0, 1 << 24),
                deterministic,
                values.number("draft_tokens", deterministic ? 0 : 48, 0, 62),
                values.path("draft_model"),
                values.number("session_bytes", 1L << 30, 0, Long.MAX_VALUE),
                Duration.ofMillis(values.number("step_ms", 80, 1, 60_000)),
                false);
        values.requireAllRead();
        if (isQuantized(valueType) && options.flashAttention() == FlashAttention.OFF) {
            throw invalid("kv_type_v", valueType.name(), "f32, f16 or bf16 while flash_attention is off");
        }
        if (deterministic
                && (options.prefixCache()
                        || options.flashAttention() == FlashAttention.ON
                        || options.draftTokens() > 0
                        || options.kvLayout() != KvLayout.SEPARATE)) {
            throw invalid(
                    "deterministic",
                    "true",
                    "false with prefix_cache, flash_attention on, draft_tokens, a quantised kv_type_v or another"
                            + " kv_layout than separate");
        }
        if (options.draftModel().isPresent() && options.draftTokens() == 0) {
            throw invalid("draft_model", "given", "draft_tokens above 0 beside it, and not deterministic");
        }
        if (settings.sequences() > batchTokens) {
            throw invalid(
                    "batch_tokens",
                    String.valueOf(batchTokens),
                    "at least the " + settings.sequences() + " sequences, each of which takes part in every step");
        }
        return options;
    }

    /** The same for a model that serves one short request. */
    EngineOptions forTrial() {
        var tokens = Math.min(batchTokens, TRIAL_BATCH_TOKENS);
        return new EngineOptions(
                keyType,
                valueType,
                tokens,
                Math.min(microBatchTokens, tokens),
                flashAttention,
                mmap,
                false,
                kvLayout,
                0,
                false,
                0,
                deterministic,
                0,
                Optional.empty(),
                0,
                stepTarget,
                ownAttention);
    }

    /**
     * The same where Quantgate's kernels are in use, or are not. They compute attention over keys and values in float16, of
     * all other types llama.cpp's do.
     */
    EngineOptions withKernels(boolean own) {
        var ownAttention =
                own && keyType == TensorType.F16 && valueType == TensorType.F16 && flashAttention != FlashAttention.OFF;
        return new EngineOptions(
                keyType,
                valueType,
                batchTokens,
                microBatchTokens,
                deterministic && !ownAttention ? FlashAttention.OFF : flashAttention,
                mmap,
                mlock,
                kvLayout,
                kvTokens,
                prefixCache,
                prefixTokens,
                deterministic,
                draftTokens,
                draftModel,
                sessionBytes,
                stepTarget,
                ownAttention);
    }

    private static boolean isQuantized(TensorType type) {
        return type != TensorType.F32 && type != TensorType.F16 && type != TensorType.BF16;
    }

    private static WorkerException invalid(String name, String value, String expected) {
        return WorkerFailure.invalid("options." + name, value + " (expected: " + expected + ")")
                .asException();
    }

    /** Reads values and remembers which names were known. */
    private static final class Values {
        private final Map<String, String> unread;
        private final TreeSet<String> known = new TreeSet<>();

        private Values(Map<String, String> options) {
            unread = new HashMap<>(options);
        }

        private String text(String name, String fallback) {
            known.add(name);
            var value = unread.remove(name);
            return value == null ? fallback : value;
        }

        private int number(String name, int fallback, int min, int max) {
            return Math.toIntExact(number(name, (long) fallback, (long) min, (long) max));
        }

        private long number(String name, long fallback, long min, long max) {
            var value = text(name, String.valueOf(fallback));
            try {
                var number = Long.parseLong(value);
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Refused below, as any other value that is no number in range.
            }
            throw invalid(name, value, min + " to " + max);
        }

        private Optional<Path> path(String name) {
            var value = text(name, "");
            try {
                return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
            } catch (InvalidPathException e) {
                throw invalid(name, value, "a file's path");
            }
        }

        private boolean flag(String name, boolean fallback) {
            var value = text(name, String.valueOf(fallback));
            return switch (value) {
                case "true" -> true;
                case "false" -> false;
                default -> throw invalid(name, value, "true or false");
            };
        }

        private TensorType type(String name) {
            var value = text(name, "f16");
            return KV_TYPES.stream()
                    .filter(type -> type.name().equalsIgnoreCase(value))
                    .findFirst()
                    .orElseThrow(() -> invalid(name, value, "one of " + KV_TYPES));
        }

        private <E extends Enum<E>> E choice(String name, Class<E> choices, E fallback) {
            var value = text(name, fallback.name());
            return Arrays.stream(choices.getEnumConstants())
                    .filter(choice -> choice.name().equalsIgnoreCase(value))
                    .findFirst()
                    .orElseThrow(() -> invalid(name, value, "one of " + lowerCase(choices)));
        }

        private static String lowerCase(Class<? extends Enum<?>> choices) {
            return Arrays.stream(choices.getEnumConstants())
                    .map(choice -> choice.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
        }

        private void requireAllRead() {
            if (!unread.isEmpty()) {
                throw invalid(new TreeSet<>(unread.keySet()).first(), "unknown", "one of " + known);
            }
        }
    }
}
