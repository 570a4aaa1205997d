package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.natives.llama.CancelFlag;
import dev.quantgate.natives.llama.ContextOptions;
import dev.quantgate.natives.llama.LlamaBatch;
import dev.quantgate.natives.llama.LlamaContext;
import dev.quantgate.natives.llama.LlamaException;
import dev.quantgate.natives.llama.LlamaModel;
import dev.quantgate.natives.llama.NativeAbortException;
import dev.quantgate.natives.llama.SampleBatch;
import dev.quantgate.natives.llama.SequenceState;
import dev.quantgate.worker.llamacpp.schedule.AdapterSet;
import dev.quantgate.worker.llamacpp.schedule.DecodeEngine;
import dev.quantgate.worker.llamacpp.schedule.MemoryBudget;
import dev.quantgate.worker.llamacpp.schedule.SampleRows;
import dev.quantgate.worker.llamacpp.schedule.StepBatch;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The decode loop's engine on a context of llama.cpp. A step takes two native calls, however many sequences it has. */
public final class LlamaDecodeEngine implements DecodeEngine {
    private static final Logger LOGGER = LoggerFactory.getLogger(LlamaDecodeEngine.class);

    private final LlamaModel model;
    private final ContextOptions options;
    private final CancelFlag abort = new CancelFlag();
    private final LlamaBatch batch;
    private final SampleBatch samples;
    private final SampleBatch single = new SampleBatch(1);
    private final LoraAdapters adapters;
    private final int kvTokens;
    private final int batchTokens;
    private final StepOrder order;
    private LlamaContext context;

    /**
     * Makes the context.
     *
     * @throws LlamaException when llama.cpp refuses the options or there is not enough memory
     */
    public LlamaDecodeEngine(LlamaModel model, ContextOptions options, MemoryBudget memory) {
        this.model = model;
        this.options = options;
        adapters = new LoraAdapters(model, memory);
        context = newContext();
        kvTokens = context.contextTokens();
        batchTokens = context.batchTokens();
        batch = new LlamaBatch(batchTokens);
        samples = new SampleBatch(batchTokens);
        order = new StepOrder(batchTokens, options.maxSequences());
    }

    private LlamaContext newContext() {
        var created = LlamaContext.create(model, options);
        created.setCancelFlag(abort);
        return created;
    }

    @Override
    public int kvTokens() {
        return kvTokens;
    }

    @Override
    public int sequenceSlots() {
        return options.maxSequences();
    }

    @Override
    public boolean separateSequences() {
        return !options.unifiedKv();
    }

    @Override
    public int batchTokens() {
        return batchTokens;
    }

    /** For the thread of the loop that this engine belongs to. */
    LoraAdapters adapters() {
        return adapters;
    }

    @Override
    public void useAdapters(AdapterSet set) {
        adapters.use(context, set);
    }

    @Override
    public Outcome decode(StepBatch step) {
        batch.clear();
        order.arrange(step, separateSequences());
        for (int i = 0; i < step.size(); i++) {
            var row = order.stepRow(i);
            batch.add(step.token(row), step.position(row), step.sequence(row), step.output(row));
        }
        return switch (context.decode(batch)) {
            case OK -> Outcome.DONE;
            case NO_KV_SLOT -> Outcome.NO_ROOM;
            case ABORTED -> Outcome.ABORTED;
            case INVALID -> throw new LlamaException("llama.cpp refused a batch");
            case FATAL -> throw new LlamaException("llama.cpp failed to compute a batch");
        };
    }

    @Override
    public void sample(SampleRows rows) {
        samples.clear();
        for (int i = 0; i < rows.size(); i++) {
            if (!sampler(rows, i).canFail()) {
                samples.add(order.nativeRow(rows.row(i)), sampler(rows, i).rows());
            }
        }
        samples.run(context);
        var next = 0;
        for (int i = 0; i < rows.size(); i++) {
            if (sampler(rows, i).canFail()) {
                sampleAlone(rows, i);
            } else {
                rows.choose(i, samples.token(next++));
            }
        }
    }

    /** A request whose grammar allows no token must not take the others down with it. */
    private void sampleAlone(SampleRows rows, int index) {
        single.clear();
        single.add(order.nativeRow(rows.row(index)), sampler(rows, index).rows());
        try {
            single.run(context);
            rows.choose(index, single.token(0));
        } catch (NativeAbortException e) {
            throw e;
        } catch (LlamaException e) {
            rows.refuse(index);
        }
    }

    private static NativeSampler sampler(SampleRows rows, int index) {
        return (NativeSampler) rows.sampler(index);
    }

    @Override
    public void sharePrefix(int from, int to, int tokens) {
        if (separateSequences()) {
            // Between separate sequences llama.cpp copies everything or nothing.
            context.memory().copy(from, to, 0, -1);
            keepPrefix(to, tokens);
        } else {
            context.memory().copy(from, to, 0, tokens);
        }
    }

    @Override
    public void keepPrefix(int sequence, int tokens) {
        if (tokens == 0) {
            context.memory().remove(sequence);
        } else if (!context.memory().remove(sequence, tokens, -1)) {
            throw new LlamaException("this model's memory cannot be cut");
        }
    }

    @Override
    public void moveTail(int from, int to, int tokens) {
        context.memory().copy(from, to, tokens, -1);
        keepPrefix(from, tokens);
    }

    @Override
    public long stateBytes(int sequence) {
        return SequenceState.sizeBytes(context, sequence);
    }

    @Override
    public void saveState(int sequence, ByteBuffer target) {
        SequenceState.save(context, sequence, target);
    }

    @Override
    public boolean loadState(int sequence, ByteBuffer source) {
        try {
            SequenceState.load(context, sequence, source.duplicate());
            return true;
        } catch (NativeAbortException e) {
            throw e;
        } catch (LlamaException e) {
            LOGGER.atWarn().setCause(e).log("a saved state could not be loaded: it is computed anew");
            return false;
        }
    }

    @Override
    public void requestAbort() {
        abort.cancel();
    }

    @Override
    public void clearAbort() {
        abort.reset();
    }

    @Override
    public void recover() {
        context.close();
        adapters.contextReplaced();
        context = newContext();
    }

    @Override
    public void close() {
        context.close();
        adapters.close();
    }
}
