package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.quantgate.natives.llama.bindings.global.llama;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LlamaContextTest {
    @Test
    void logitsAreAViewOfOneRow() {
        try (LlamaContext context = TinyModel.context(1)) {
            int row = decode(context, "hello world");

            FloatBuffer logits = context.logits(row);

            assertThat(logits.capacity()).isEqualTo(512);
            assertThat(logits.isDirect()).isTrue();
            assertThat(logits.get(100)).isFinite().isNotZero();
        }
    }

    @Test
    void aRowWithoutOutputHasNoLogits() {
        try (LlamaContext context = TinyModel.context(1);
                RowSampler sampler = sampler();
                SamplerChain chain = SamplerChain.create(
                        TinyModel.shared().vocabulary(), SamplingSpec.builder().build())) {
            decode(context, "hello world");
            SampleBatch samples = new SampleBatch(1);

            assertThatIllegalArgumentException().isThrownBy(() -> context.logits(0));
            assertThatIllegalArgumentException().isThrownBy(() -> context.logits(10_000));
            samples.add(0, sampler);
            assertThatExceptionOfType(LlamaException.class)
                    .isThrownBy(() -> samples.run(context))
                    .withMessageContaining("has no logits");
            samples.clear();
            samples.add(0, chain);
            assertThatExceptionOfType(LlamaException.class)
                    .isThrownBy(() -> samples.run(context))
                    .withMessageContaining("has no logits");
        }
    }

    @Test
    void refusesBatchesThatNativeCodeWouldChokeOn() {
        try (LlamaContext context = TinyModel.context(2)) {
            LlamaBatch tooLong = new LlamaBatch(300);
            for (int i = 0; i < 257; i++) {
                tooLong.add(5, i, 0, false);
            }
            LlamaBatch strangeSequence = new LlamaBatch(1);
            strangeSequence.add(5, 0, 2, true);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.decode(tooLong))
                    .withMessage("batch.size: 257 (expected: 1 to 256)");
            assertThatIllegalArgumentException().isThrownBy(() -> context.decode(new LlamaBatch(1)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.decode(strangeSequence))
                    .withMessage("sequence: 2 (expected: 0 to 1)");
        }
    }

    @Test
    void anUnknownTokenMakesTheBatchInvalid() {
        try (LlamaContext context = TinyModel.context(1)) {
            LlamaBatch batch = new LlamaBatch(1);
            batch.add(99_999, 0, 0, true);

            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.INVALID);
        }
    }

    @Test
    void aFullCacheIsReportedAndChangesNothing() {
        LlamaBatch batch = new LlamaBatch(256);
        try (LlamaContext context = TinyModel.context(1)) {
            for (int start = 0; start < 1024; start += 256) {
                batch.clear();
                for (int i = 0; i < 256; i++) {
                    batch.add(5, start + i, 0, false);
                }
                assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
            }
            batch.clear();
            batch.add(5, 1024, 0, true);

            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.NO_KV_SLOT);
            assertThat(context.memory().lastPosition(0)).isEqualTo(1023);
        }
    }

    @Test
    void aSetFlagAbortsTheDecode() {
        try (LlamaContext context = TinyModel.context(1)) {
            CancelFlag flag = new CancelFlag();
            context.setCancelFlag(flag);
            LlamaBatch batch = new LlamaBatch(256);
            TinyModel.prompt(batch, TinyModel.tokens("hello"), 0);

            flag.cancel();
            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.ABORTED);

            flag.reset();
            context.memory().clear();
            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
        }
    }

    @Test
    void aFlagSetByAnotherThreadStopsALongDecode() throws InterruptedException {
        try (LlamaContext context = TinyModel.context(1)) {
            CancelFlag flag = new CancelFlag();
            context.setCancelFlag(flag);
            AtomicReference<DecodeStatus> last = new AtomicReference<>(DecodeStatus.OK);
            Thread decoder = new Thread(() -> {
                LlamaBatch batch = new LlamaBatch(256);
                while (last.get() == DecodeStatus.OK) {
                    context.memory().clear();
                    batch.clear();
                    for (int i = 0; i < 256; i++) {
                        batch.add(5, i, 0, false);
                    }
                    last.set(context.decode(batch));
                }
            });
            decoder.start();
            flag.cancel();
            decoder.join();

            assertThat(last.get()).isEqualTo(DecodeStatus.ABORTED);
        }
    }

    @Test
    void aFailedAssertionBecomesAnExceptionAndPoisonsTheContext() {
        LlamaContext context = TinyModel.context(1);

        assertThatExceptionOfType(NativeAbortException.class)
                .isThrownBy(() -> context.run(llama::qg_fail_assertion))
                .withMessageContaining("asked for")
                .withMessageNotContaining("/");
        assertThatIllegalStateException().isThrownBy(() -> decode(context, "hello"));
        assertThatIllegalStateException().isThrownBy(() -> context.memory().clear());
        context.close();
    }

    @Test
    void aClosedContextRefusesEveryUse() {
        LlamaContext context = TinyModel.context(1);

        context.close();
        context.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> decode(context, "hello"))
                .withMessage("context is closed");
        assertThatIllegalStateException().isThrownBy(() -> context.logits(0));
        assertThatIllegalStateException().isThrownBy(() -> context.memory().lastPosition(0));
        assertThatIllegalStateException().isThrownBy(() -> context.setCancelFlag(null));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, ContextOptions.MAX_CONTEXT_TOKENS + 1, Integer.MAX_VALUE})
    void refusesSenselessContextLengths(int tokens) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContextOptions.builder().contextTokens(tokens).build());
    }

    @Test
    void embedsASequence() {
        ContextOptions options = ContextOptions.builder()
                .contextTokens(256)
                .embeddings(Pooling.MEAN)
                .build();
        try (LlamaContext context = LlamaContext.create(TinyModel.shared(), options)) {
            LlamaBatch batch = new LlamaBatch(256);
            int[] tokens = TinyModel.tokens("hello world");
            for (int i = 0; i < tokens.length; i++) {
                batch.add(tokens[i], i, 0, true);
            }
            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);

            assertThat(context.pooling()).isEqualTo(Pooling.MEAN);
            assertThat(context.sequenceEmbeddings(0)).hasSize(256).doesNotContain(Float.NaN);
            assertThatIllegalArgumentException().isThrownBy(() -> context.sequenceEmbeddings(1));
        }
    }

    @Test
    void aThreadPoolGivesTheSameResult() {
        ContextOptions options = ContextOptions.builder()
                .contextTokens(1024)
                .batchTokens(256)
                .threads(2)
                .threadPoolPoll(0)
                .build();
        try (LlamaContext pooled = LlamaContext.create(TinyModel.shared(), options);
                LlamaContext plain = TinyModel.context(1)) {
            int row = decode(pooled, "hello world");
            decode(plain, "hello world");

            assertThat(pooled.logits(row).get(7)).isEqualTo(plain.logits(row).get(7));
            assertThatIllegalArgumentException().isThrownBy(() -> pooled.setThreads(3, 3));
        }
    }

    @Test
    void measuresItsWork() {
        try (LlamaContext context = TinyModel.context(1)) {
            decode(context, "hello world");

            assertThat(context.timings().promptTokens()).isPositive();
        }
    }

    private static RowSampler sampler() {
        return RowSampler.create(
                TinyModel.shared().vocabulary(), SamplingSpec.builder().build());
    }

    private static int decode(LlamaContext context, String prompt) {
        LlamaBatch batch = new LlamaBatch(256);
        int row = TinyModel.prompt(batch, TinyModel.tokens(prompt), 0);
        assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
        return row;
    }
}
