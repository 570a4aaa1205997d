package dev.quantgate.worker.llamacpp;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Compares a model with and without speculation, in rounds that alternate: {@code SpeculationBench MODEL [ROUNDS
 * [THREADS [OPTION=VALUE...]]]}. A ratio above 1 means that speculation is faster.
 */
final class SpeculationBench {
    private static final int GENERATED_TOKENS = 96;
    private static final String[] WORDS =
            "river stone garden winter letter music station copper island window summer bridge paper forest machine"
                    .split(" ");

    private final LoadedModel guessing;
    private final LoadedModel plain;
    private int round;

    private SpeculationBench(LoadedModel guessing, LoadedModel plain) {
        this.guessing = guessing;
        this.plain = plain;
    }

    public static void main(String[] arguments) throws Exception {
        var file = Path.of(arguments[0]);
        var rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        var threads = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 2;
        var options = new java.util.HashMap<String, String>();
        for (int i = 3; i < arguments.length; i++) {
            var parts = arguments[i].split("=", 2);
            options.put(parts[0], parts[1]);
        }
        try (var on = new LlamaCppBackend(new BackendSettings(threads, 4L << 30, 0, 16, 16, options));
                var off = new LlamaCppBackend(
                        new BackendSettings(threads, 4L << 30, 0, 16, 16, Map.of("draft_tokens", "0")));
                var guessing = on.load(file, new LoadOptions("on", 0), (f, s) -> {}, new Cancellation());
                var plain = off.load(file, new LoadOptions("off", 0), (f, s) -> {}, new Cancellation())) {
            var bench = new SpeculationBench(guessing, plain);
            bench.compare("repetitive_c1", 1, true, true, rounds);
            bench.compare("repetitive_c4", 4, true, true, rounds);
            bench.compare("greedy_c1", 1, false, true, rounds);
            for (var streams : List.of(1, 4, 16)) {
                bench.compare("sampled_c" + streams, streams, false, false, rounds);
            }
        }
    }

    private void compare(String name, int streams, boolean repetitive, boolean greedy, int rounds) throws Exception {
        var ratios = new double[rounds];
        var nanos = new double[rounds];
        var equal = 0;
        var drafted = 0;
        var accepted = 0;
        for (int i = -1; i < rounds; i++) {
            var prompts = prompts(++round, streams, repetitive);
            var plainStreams = new ArrayList<TestStream>();
            var guessedStreams = new ArrayList<TestStream>();
            long off;
            long on;
            if (round % 2 == 0) {
                off = run(plain, prompts, greedy, plainStreams);
                on = run(guessing, prompts, greedy, guessedStreams);
            } else {
                on = run(guessing, prompts, greedy, guessedStreams);
                off = run(plain, prompts, greedy, plainStreams);
            }
            if (i < 0) {
                continue;
            }
            ratios[i] = (double) off / on;
            nanos[i] = on;
            for (int s = 0; s < streams; s++) {
                equal += plainStreams.get(s).text().equals(guessedStreams.get(s).text()) ? 1 : 0;
                drafted += guessedStreams.get(s).completed().draftedTokens();
                accepted += guessedStreams.get(s).completed().acceptedDraftTokens();
            }
        }
        Arrays.sort(ratios);
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%-14s on/off: median %.3f (%.3f to %.3f); %.0f tokens/s; %d of %d texts equal; %d of %d guesses accepted%n",
                name,
                ratios[rounds / 2],
                ratios[0],
                ratios[rounds - 1],
                streams * GENERATED_TOKENS * 1e9 / nanos[rounds / 2],
                equal,
                rounds * streams,
                accepted,
                drafted);
    }

    private static long run(LoadedModel model, List<String> prompts, boolean greedy, List<TestStream> streams)
            throws Exception {
        var startedAt = System.nanoTime();
        for (var prompt : prompts) {
            var request = Generate.prompt(prompt).maxTokens(GENERATED_TOKENS);
            streams.add(TestStream.start(model, (greedy ? request : request.seed(prompt.hashCode())).build()));
        }
        for (var stream : streams) {
            stream.completed();
        }
        return System.nanoTime() - startedAt;
    }

    private static List<String> prompts(int round, int streams, boolean repetitive) {
        var random = new Random(round);
        var prompts = new ArrayList<String>();
        for (int i = 0; i < streams; i++) {
            var line = new StringBuilder();
            for (int word = 0; word < 20; word++) {
                line.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
            }
            prompts.add(
                    repetitive
                            ? (line + ".\n").repeat(6)
                            : "Write a short story about these things: " + line + "\nOnce upon a time");
        }
        return prompts;
    }
}
