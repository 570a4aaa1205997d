package dev.quantgate.worker.llamacpp;

import dev.quantgate.natives.llama.ContextOptions;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.LoadProgress;
import dev.quantgate.natives.llama.ModelOptions;
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
 * Compares the engine with a bare loop over the same native calls, in rounds that alternate: {@code EngineBench MODEL
 * [ROUNDS [THREADS]]}. A ratio above 1 means that the engine is faster.
 */
final class EngineBench {
    private static final int GENERATED_TOKENS = 64;
    private static final int PROMPT_CHARACTERS = 200;

    private final LoadedModel engine;
    private final BareLoop bare;
    private final LlamaModel model;
    private final Random random = new Random(1);

    private EngineBench(LoadedModel engine, BareLoop bare, LlamaModel model) {
        this.engine = engine;
        this.bare = bare;
        this.model = model;
    }

    public static void main(String[] arguments) throws Exception {
        var file = Path.of(arguments[0]);
        var rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        var threads = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 2;
        var startedAt = System.nanoTime();
        var settings = new BackendSettings(threads, 4L << 30, 0, 8, 16, Map.of());
        try (var backend = new LlamaCppBackend(settings);
                var engine = backend.load(file, new LoadOptions("bench", 0), (f, s) -> {}, new Cancellation())) {
            TestStream.start(engine, Generate.prompt("Hello").maxTokens(1).build())
                    .completed();
            System.out.printf(Locale.ROOT, "load to first token: %d ms%n", millisSince(startedAt));
            try (var model = LlamaModel.open(file, ModelOptions.defaults(), LoadProgress.NONE);
                    var bare = new BareLoop(model, bareOptions(threads))) {
                new EngineBench(engine, bare, model).run(rounds);
            }
        }
    }

    private static ContextOptions bareOptions(int threads) {
        return ContextOptions.builder()
                .contextTokens(8192)
                .batchTokens(512)
                .microBatchTokens(512)
                .maxSequences(8)
                .threads(threads)
                .threadPoolPoll(50)
                .build();
    }

    private void run(int rounds) throws Exception {
        for (var streams : List.of(1, 8)) {
            compare("stream_c" + streams, streams, PROMPT_CHARACTERS, GENERATED_TOKENS, rounds);
        }
        compare("ttft_256", 1, 0, 1, rounds);
        System.out.println(engine.statistics());
    }

    private void compare(String name, int streams, int characters, int tokens, int rounds) throws Exception {
        var ratios = new double[rounds];
        var engineNanos = new double[rounds];
        for (int round = -1; round < rounds; round++) {
            var texts = texts(streams, characters);
            var prompts = texts.stream()
                    .map(text -> model.vocabulary().tokenize(text, true, false))
                    .toList();
            var bareTook = bare.run(prompts, tokens)[1];
            var engineTook = runEngine(texts, tokens);
            if (round >= 0) {
                ratios[round] = (double) bareTook / engineTook;
                engineNanos[round] = engineTook;
            }
        }
        Arrays.sort(ratios);
        Arrays.sort(engineNanos);
        System.out.printf(
                Locale.ROOT,
                "%-10s ratio to bare loop: median %.3f (%.3f to %.3f); engine median %.1f ms, %.0f tokens/s%n",
                name,
                ratios[rounds / 2],
                ratios[0],
                ratios[rounds - 1],
                engineNanos[rounds / 2] / 1e6,
                streams * tokens * 1e9 / engineNanos[rounds / 2]);
    }

    private long runEngine(List<String> texts, int tokens) throws Exception {
        var startedAt = System.nanoTime();
        var streams = new ArrayList<TestStream>();
        for (var text : texts) {
            streams.add(TestStream.start(
                    engine, Generate.prompt(text).maxTokens(tokens).build()));
        }
        for (var stream : streams) {
            stream.completed();
        }
        return System.nanoTime() - startedAt;
    }

    /** Texts that share no beginning; 0 characters stands for one of 256 tokens. */
    private List<String> texts(int count, int characters) {
        var texts = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            var text = new StringBuilder();
            while (characters > 0
                    ? text.length() < characters
                    : model.vocabulary().tokenize(text.toString(), true, false).length < 256) {
                text.append((char) ('a' + random.nextInt(26)))
                        .append(random.nextInt(100))
                        .append(" word ");
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
