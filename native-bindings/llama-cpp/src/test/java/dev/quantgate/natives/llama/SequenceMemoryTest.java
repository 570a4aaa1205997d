package dev.quantgate.natives.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SequenceMemoryTest {
    private final LlamaContext context = TinyModel.context(4);
    private final SequenceMemory memory = context.memory();
    private final int[] prompt = TinyModel.tokens("hello world in the");
    private final LlamaBatch batch = new LlamaBatch(256);

    @BeforeEach
    void decodePrompt() {
        TinyModel.prompt(batch, prompt, 0);
        assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
    }

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void knowsTheStoredPositions() {
        assertThat(memory.firstPosition(0)).isZero();
        assertThat(memory.lastPosition(0)).isEqualTo(prompt.length - 1);
        assertThat(memory.lastPosition(1)).isEqualTo(-1);
    }

    @Test
    void aSharedPrefixContinuesLikeItsOwner() {
        memory.copy(0, 2, 0, -1);

        assertThat(next(2)).isEqualTo(next(0));
        assertThat(memory.lastPosition(2)).isEqualTo(prompt.length);
    }

    @Test
    void removesPositionsAndSequences() {
        assertThat(memory.remove(0, 2, -1)).isTrue();
        assertThat(memory.lastPosition(0)).isEqualTo(1);

        memory.remove(0);
        assertThat(memory.lastPosition(0)).isEqualTo(-1);
    }

    @Test
    void shiftsPositions() {
        assertThat(memory.canShift()).isTrue();
        memory.remove(0, 1, 3);
        memory.shift(0, 3, -1, -2);

        assertThat(memory.lastPosition(0)).isEqualTo(prompt.length - 3);
    }

    @Test
    void keepsOneSequence() {
        memory.copy(0, 1, 0, -1);
        memory.keepOnly(1);

        assertThat(memory.lastPosition(0)).isEqualTo(-1);
        assertThat(memory.lastPosition(1)).isEqualTo(prompt.length - 1);
    }

    @Test
    void refusesSequencesBeyondTheLimit() {
        assertThatIllegalArgumentException().isThrownBy(() -> memory.remove(4));
        assertThatIllegalArgumentException().isThrownBy(() -> memory.copy(0, -1, 0, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> memory.lastPosition(Integer.MAX_VALUE));
        assertThatIllegalArgumentException().isThrownBy(() -> SequenceState.sizeBytes(context, 4));
    }

    @Test
    void aSavedSequenceContinuesAsIfNeverGone() {
        ByteBuffer state = save();
        int expected = next(0);
        memory.clear();

        SequenceState.load(context, 3, state);

        assertThat(memory.lastPosition(3)).isEqualTo(prompt.length - 1);
        assertThat(next(3)).isEqualTo(expected);
    }

    @Test
    void refusesATruncatedState() {
        ByteBuffer state = save();

        for (int size : new int[] {0, 1, 10, state.capacity() / 2, state.capacity() - 1}) {
            state.clear().limit(size);
            assertThatExceptionOfType(LlamaException.class).isThrownBy(() -> SequenceState.load(context, 1, state));
            assertThat(memory.lastPosition(1)).isEqualTo(-1);
        }
    }

    @Test
    void refusesADamagedState() {
        ByteBuffer state = save();
        Random random = new Random(1);

        for (int round = 0; round < 200; round++) {
            ByteBuffer damaged = ByteBuffer.allocateDirect(state.capacity());
            damaged.put(state.duplicate()).flip();
            int at = random.nextInt(damaged.capacity());
            damaged.put(at, (byte) (damaged.get(at) ^ (1 << random.nextInt(8))));

            assertThatExceptionOfType(LlamaException.class)
                    .isThrownBy(() -> SequenceState.load(context, 1, damaged))
                    .withMessageContaining("damaged");
        }
        assertThat(memory.lastPosition(1)).isEqualTo(-1);
    }

    @Test
    void refusesAStateOfAnotherCacheType() {
        ByteBuffer state = save();
        ContextOptions options = ContextOptions.builder()
                .contextTokens(256)
                .kvTypes(TensorType.Q8_0, TensorType.F16)
                .build();
        try (LlamaContext other = LlamaContext.create(TinyModel.shared(), options)) {
            assertThatExceptionOfType(LlamaException.class)
                    .isThrownBy(() -> SequenceState.load(other, 0, state))
                    .withMessageContaining("does not fit");
        }
    }

    @Test
    void wantsDirectBuffersWithRoom() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SequenceState.save(context, 0, ByteBuffer.allocate(1 << 20)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SequenceState.save(context, 0, ByteBuffer.allocateDirect(10)));
    }

    private ByteBuffer save() {
        ByteBuffer state = ByteBuffer.allocateDirect(Math.toIntExact(SequenceState.sizeBytes(context, 0)));
        SequenceState.save(context, 0, state);
        return state.flip();
    }

    /** Decodes one more token and returns the likeliest one after it. */
    private int next(int sequence) {
        batch.clear();
        int row = batch.add(300, prompt.length, sequence, true);
        assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
        SampleBatch samples = new SampleBatch(1);
        try (RowSampler sampler = RowSampler.create(
                TinyModel.shared().vocabulary(), SamplingSpec.builder().build())) {
            samples.add(row, sampler);
            samples.run(context);
        }
        return samples.token(0);
    }
}
