package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.GGML_LOG_LEVEL_INFO;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_LOG_LEVEL_WARN;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_log_min_level;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Whole models with our kernels: tiny ones, and the one that QUANTGATE_TEST_MODEL names. */
class KernelsModelTest {
    private static final String TEXT =
            "The lighthouse keeper looked at the dark water and began to count the ships, as "
                    + "the world in the north had taught him: hello, he said to each of them, and none of them ever answered. ";
    /** More than are computed in one tile of rows, or in one of llama.cpp. */
    private static final int TOKENS = 66;
    /** More than a span of attention has cells; the tiny models are fast enough for it. */
    private static final int MANY_TOKENS = 300;
    /** Every so many tokens the logits are compared. */
    private static final int STEP = 9;

    @TempDir
    private static Path folder;

    private static final List<Path> FILES = new ArrayList<>();

    @BeforeAll
    static void makeModels() throws IOException {
        Graph.requireOwnKernels();
        assumeFalse(
                LlamaCpp.load().info().systemInfo().contains("AMX_INT8 = 1"),
                "AMX takes the weights before our kernels are asked");
        for (QuantizationType type : List.of(QuantizationType.Q4_1, QuantizationType.Q8_0)) {
            Path file = folder.resolve(type + ".gguf");
            QuantizeOptions options = QuantizeOptions.of(type, 1);
            QuantizePlan plan = Quantizer.plan(TinyModel.file(), options);
            Quantizer.quantize(TinyModel.file(), file, options, plan, QuantizeListener.NONE, new CancelFlag());
            FILES.add(file);
        }
        String real = System.getenv("QUANTGATE_TEST_MODEL");
        if (real != null) {
            FILES.add(Path.of(real));
        }
    }

    static Stream<Path> files() {
        return FILES.stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    void theWeightsLieInOurLayout(Path file) throws IOException {
        double fileMiB = Files.size(file) / 1048576.0;

        assertThat(ourMiB(file, ModelOptions.defaults())).isBetween(0.6 * fileMiB, 1.3 * fileMiB);
        assertThat(ourMiB(file, ModelOptions.defaults().withMmap(false))).isGreaterThan(0.6 * fileMiB);
        assertThat(ourMiB(file, ModelOptions.defaults().withExtraBuffers(false)))
                .isZero();
    }

    @Test
    void weightsAreNotInMemoryTwice() throws IOException {
        Path real = FILES.get(FILES.size() - 1);
        assumeTrue(System.getenv("QUANTGATE_TEST_MODEL") != null, "QUANTGATE_TEST_MODEL names no model");

        try (LlamaModel model = open(real, true)) {
            assertThat(mappedKibInMemory(real)).isPositive().isLessThan(Files.size(real) / 1024 / 2);
            assertThat(logits(model, options(true), tokens(model, TEXT), TOKENS))
                    .isNotEmpty();
        }
        ModelOptions mapped = ModelOptions.defaults().withExtraBuffers(false).withCheckTensors(true);
        try (LlamaModel model = LlamaModel.open(real, mapped, LoadProgress.NONE)) {
            assertThat(model.vocabulary().size()).isPositive();
            assertThat(mappedKibInMemory(real)).isGreaterThan(Files.size(real) / 1024 / 2);
        }
    }

    /** How much of a mapped file is in memory, as the kernel counts it; 1 at least for a file that is mapped. */
    private static long mappedKibInMemory(Path file) throws IOException {
        long kib = 0;
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                inside = line.endsWith(file.toRealPath().toString());
                kib += inside ? 1 : 0;
            } else if (inside && line.startsWith("Rss:")) {
                kib += Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return kib;
    }

    @ParameterizedTest
    @MethodSource("files")
    void logitsDoNotDependOnHowAPromptIsCut(Path file) {
        try (LlamaModel model = open(file, true)) {
            int[] tokens = tokens(model, TEXT);
            float[][] expected = logits(model, options(true), tokens, tokens.length);

            for (int chunk : new int[] {1, 7, 64}) {
                // Two threads would mostly wait for each other in small steps, where the processor is busy.
                ContextOptions options =
                        optionsOf(true).threads(chunk == 64 ? 2 : 1).build();
                assertSame(logits(model, options, tokens, chunk), expected, "chunks of " + chunk);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void logitsDoNotDependOnTheSequencesBeside(Path file) {
        try (LlamaModel model = open(file, true)) {
            int[] tokens = tokens(model, TEXT);
            int[] other = tokens(model, "In the world of letters " + TEXT);
            float[][] expected = logits(model, options(true), tokens, tokens.length);

            assertSame(logits(model, options(false), tokens, tokens.length), expected, "a cache of its own");
            for (boolean unified : new boolean[] {true, false}) {
                for (int chunk : new int[] {7, tokens.length}) {
                    assertSame(
                            logits(model, options(unified), tokens, chunk, other, tokens),
                            expected,
                            "beside two others, chunks of " + chunk + (unified ? ", one cache" : ", three caches"));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void logitsAreNearThoseOfLlamaCppsOwnKernels(Path file) {
        ContextOptions stock =
                optionsOf(true).flashAttention(FlashAttention.OFF).build();
        try (LlamaModel ours = open(file, true);
                LlamaModel plain = open(file, false)) {
            int[] tokens = tokens(ours, TEXT);
            float[][] actual = logits(ours, options(true), tokens, tokens.length);
            float[][] expected = logits(plain, stock, tokens, tokens.length);

            for (int i = 0; i < expected.length; i++) {
                assertThat(cosine(actual[i], expected[i])).as("row %s", i).isGreaterThan(0.99);
            }
        }
    }

    private static LlamaModel open(Path file, boolean ours) {
        return LlamaModel.open(file, ModelOptions.defaults().withExtraBuffers(ours), LoadProgress.NONE);
    }

    private static int[] tokens(LlamaModel model, String text) {
        int[] tokens = model.vocabulary().tokenize(text.repeat(4), true, false);
        return Arrays.copyOf(
                tokens,
                model.vocabulary().size() == TinyModel.shared().vocabulary().size() ? MANY_TOKENS : TOKENS);
    }

    private static ContextOptions options(boolean unified) {
        return optionsOf(unified).build();
    }

    private static ContextOptions.Builder optionsOf(boolean unified) {
        return ContextOptions.builder()
                .contextTokens(unified ? 1024 : 3 * 512)
                .batchTokens(1024)
                .maxSequences(3)
                .unifiedKv(unified);
    }

    /** Logits of some rows of a sequence; two others, as long as it, may be cut and computed in the same way. */
    private static float[][] logits(
            LlamaModel model, ContextOptions options, int[] tokens, int chunk, int[]... others) {
        try (LlamaContext context = LlamaContext.create(model, options)) {
            LlamaBatch batch = new LlamaBatch(options.batchTokens());
            List<float[]> rows = new ArrayList<>();
            for (int from = 0; from < tokens.length; from += chunk) {
                int to = Math.min(from + chunk, tokens.length);
                batch.clear();
                List<Integer> outputs = new ArrayList<>();
                for (int i = from; i < to; i++) {
                    // Ours is neither the first in the batch nor in the cache.
                    for (int other = 0; other < others.length; other++) {
                        batch.add(others[other][i], i, 2 * other, false);
                    }
                    int row = batch.add(tokens[i], i, Math.min(1, others.length), i % STEP == 0);
                    if (i % STEP == 0) {
                        outputs.add(row);
                    }
                }
                assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
                outputs.forEach(row -> rows.add(copy(context, row)));
            }
            return rows.toArray(float[][]::new);
        }
    }

    private static float[] copy(LlamaContext context, int row) {
        float[] copy = new float[context.model().vocabulary().size()];
        context.logits(row).get(copy);
        return copy;
    }

    private static void assertSame(float[][] actual, float[][] expected, String what) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(Arrays.mismatch(actual[i], expected[i]))
                    .as("%s: first other logit after token %s", what, i * STEP)
                    .isEqualTo(-1);
        }
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double squareA = 0;
        double squareB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squareA += (double) a[i] * a[i];
            squareB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(squareA * squareB);
    }

    /** How much of a model lies in our layout, as llama.cpp logs it. */
    private static double ourMiB(Path file, ModelOptions options) {
        Logger logger = (Logger) LoggerFactory.getLogger(NativeLog.LOGGER_NAME);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Level level = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(lines);
        qg_log_min_level(GGML_LOG_LEVEL_INFO);
        try {
            LlamaModel.open(file, options, LoadProgress.NONE).close();
        } finally {
            qg_log_min_level(GGML_LOG_LEVEL_WARN);
            logger.detachAppender(lines);
            logger.setAdditive(true);
            logger.setLevel(level);
        }
        Pattern pattern = Pattern.compile("QUANTGATE model buffer size = +([0-9.]+) MiB");
        return lines.list.stream()
                .flatMap(line -> pattern.matcher(line.getFormattedMessage()).results())
                .map(MatchResult::group)
                .mapToDouble(text -> Double.parseDouble(text.replaceAll("[^0-9.]", "")))
                .sum();
    }
}
