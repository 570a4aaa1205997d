package dev.quantgate.bench.engine;

import dev.quantgate.bench.load.EventTimes;
import dev.quantgate.bench.load.Lane;
import dev.quantgate.bench.load.Request;
import dev.quantgate.bench.load.Trace;
import dev.quantgate.natives.llama.LlamaBatch;
import dev.quantgate.natives.llama.RowSampler;
import dev.quantgate.natives.llama.SampleBatch;
import dev.quantgate.natives.llama.SamplingSpec;
import dev.quantgate.natives.llama.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One client of the bare loop: a sequence, and the requests that it runs one after the other. */
final class Slot {
    private static final int NO_ROW = -1;

    private final int sequence;
    private final Lane lane;
    private final long dueNanos;
    private final List<Trace> traces = new ArrayList<>();
    private @Nullable Request request;
    private @Nullable RowSampler sampler;
    private EventTimes events = new EventTimes();
    private long sentNanos;
    private int position;
    private int nextToken;
    private int row = NO_ROW;
    private int sampleIndex;

    Slot(int sequence, Lane lane, long dueNanos) {
        this.sequence = sequence;
        this.lane = lane;
        this.dueNanos = dueNanos;
    }

    int sequence() {
        return sequence;
    }

    Lane lane() {
        return lane;
    }

    long dueNanos() {
        return dueNanos;
    }

    List<Trace> traces() {
        return traces;
    }

    boolean isFinished() {
        return traces.size() == lane.requests().size();
    }

    void beginIfDue(long now, Vocabulary vocabulary, boolean sampling) {
        if (request == null && !isFinished() && now >= dueNanos) {
            var next = lane.requests().get(traces.size());
            request = next;
            sampler = sampling ? RowSampler.create(vocabulary, spec(next)) : null;
            events = new EventTimes();
            sentNanos = now;
            position = 0;
            nextToken = next.prompt().tokens().get(0);
        }
    }

    /** Whether the prompt is computed, so that the next step is for one token. */
    boolean hasNextToken() {
        return request != null && position >= request.prompt().tokens().size();
    }

    void addNextToken(LlamaBatch batch) {
        row = batch.add(nextToken, position++, sequence, true);
    }

    /** Adds the rest of the prompt, or as much as there is room for. */
    void addPrompt(LlamaBatch batch, int room) {
        row = NO_ROW;
        if (request == null) {
            return;
        }
        var prompt = request.prompt().tokens();
        for (int left = room; position < prompt.size() && left > 0; left--) {
            var last = position == prompt.size() - 1;
            var added = batch.add(prompt.get(position), position, sequence, last);
            position++;
            if (last) {
                row = added;
            }
        }
    }

    void addSample(SampleBatch samples) {
        if (row != NO_ROW) {
            sampleIndex = samples.add(row, Objects.requireNonNull(sampler, "sampler"));
        }
    }

    /** Takes the token of this step; returns whether it was the last one of its request. */
    boolean takeToken(SampleBatch samples, boolean sampled) {
        if (row == NO_ROW || request == null) {
            return false;
        }
        if (sampled) {
            nextToken = samples.token(sampleIndex);
        }
        events.now();
        if (events.count() < request.maxTokens()) {
            return false;
        }
        traces.add(new Trace(sentNanos, events, System.nanoTime(), events.count()));
        if (sampler != null) {
            sampler.close();
            sampler = null;
        }
        request = null;
        return true;
    }

    private static SamplingSpec spec(Request request) {
        var wanted = request.sampler();
        return SamplingSpec.builder()
                .temperature(wanted.temperature())
                .topK(wanted.topK())
                .topP(wanted.topP())
                .minP(wanted.minP())
                .seed(request.seed())
                .build();
    }
}
