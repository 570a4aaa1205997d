package dev.quantgate.worker.torch;

import dev.quantgate.natives.torch.QuantizedEngine;
import dev.quantgate.natives.torch.TorchSettings;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.torch.serving.BatchSettings;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * The backend's settings, checked.
 *
 * <p>Options by name: {@code engine} (fused), {@code operator_threads} (1), {@code instances} (threads by operator
 * threads), {@code batch_tokens} (4096), {@code batch_size} (32), {@code batch_wait_micros} (500), {@code
 * window_overlap_tokens} (64).
 *
 * @param torch settings of the engine
 * @param batching settings of each model's batches
 * @param overlapTokens tokens that neighbouring windows share
 */
record LibtorchOptions(TorchSettings torch, BatchSettings batching, int overlapTokens) {

    private static final TreeSet<String> KNOWN = new TreeSet<>(java.util.List.of(
            "engine",
            "operator_threads",
            "instances",
            "batch_tokens",
            "batch_size",
            "batch_wait_micros",
            "window_overlap_tokens"));

    static LibtorchOptions of(BackendSettings settings) {
        Map<String, String> options = settings.options();
        for (String name : options.keySet()) {
            if (!KNOWN.contains(name)) {
                throw invalid(name, "unknown (expected: one of " + String.join(", ", KNOWN) + ")");
            }
        }
        int operatorThreads = number(options, "operator_threads", 1, 1);
        int instances = number(options, "instances", Math.max(1, settings.threads() / operatorThreads), 1);
        if ((long) instances * operatorThreads > settings.threads()) {
            throw invalid(
                    "instances",
                    instances + " with " + operatorThreads + " threads each (expected: at most " + settings.threads()
                            + " threads together)");
        }
        return new LibtorchOptions(
                TorchSettings.defaults().withThreads(operatorThreads).withEngine(engine(options)),
                new BatchSettings(
                        instances,
                        number(options, "batch_tokens", 4096, 1),
                        number(options, "batch_size", 32, 1),
                        Duration.ofNanos(1_000L * number(options, "batch_wait_micros", 500, 0)),
                        settings.queueCapacity()),
                number(options, "window_overlap_tokens", 64, 0));
    }

    private static QuantizedEngine engine(Map<String, String> options) {
        String name = options.getOrDefault("engine", "fused");
        try {
            return QuantizedEngine.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw invalid("engine", name + " (expected: fused, onednn, fbgemm, x86 or qnnpack)");
        }
    }

    private static int number(Map<String, String> options, String name, int missing, int least) {
        String text = options.get(name);
        if (text == null) {
            return missing;
        }
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < least) {
            throw invalid(name, text + " (expected: a whole number of at least " + least + ")");
        }
        return Integer.parseInt(text);
    }

    private static RuntimeException invalid(String name, String message) {
        return WorkerFailure.invalid("options." + name, message).asException();
    }
}
