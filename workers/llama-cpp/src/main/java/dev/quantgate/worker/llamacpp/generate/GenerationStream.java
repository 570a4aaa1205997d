package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import dev.quantgate.worker.api.inference.GenerateEvent.Completed;
import dev.quantgate.worker.api.inference.GenerateEvent.FinishReason;
import dev.quantgate.worker.api.inference.TokenLogprob;
import dev.quantgate.worker.llamacpp.schedule.DecodeFigures;
import dev.quantgate.worker.llamacpp.schedule.TokenOutlet;
import dev.quantgate.worker.llamacpp.session.Session;
import dev.quantgate.worker.llamacpp.text.StopMatcher;
import dev.quantgate.worker.llamacpp.text.Utf8Assembler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns one request's tokens into its events. Everything but credit is for the decode loop's thread. */
final class GenerationStream implements TokenOutlet {
    private final Prepared prepared;
    private final Pieces pieces;
    private final EventQueue events;
    private final Session session;
    private final Runnable onEnd;
    private final Utf8Assembler characters = new Utf8Assembler();
    private final StopMatcher stops;
    private final List<TokenLogprob> logprobs = new ArrayList<>();
    private int unsentTokens;
    private boolean released;
    private @Nullable EndCause cause;
    private @Nullable DecodeFigures figures;

    GenerationStream(Prepared prepared, Pieces pieces, EventQueue events, Session session, Runnable onEnd) {
        this.prepared = prepared;
        this.pieces = pieces;
        this.events = events;
        this.session = session;
        this.onEnd = onEnd;
        stops = new StopMatcher(prepared.stops());
    }

    @Override
    public boolean ready() {
        return events.hasCredit();
    }

    @Override
    public Verdict accept(int token) {
        if (!prepared.ignoreEos() && pieces.vocabulary().isEndOfGeneration(token)) {
            return Verdict.END_OF_TEXT;
        }
        unsentTokens++;
        if (prepared.logprobs()) {
            logprobs.add(prepared.sampler().logprob(token, pieces));
        }
        var text = stops.push(pieces.push(characters, token, prepared.controlTexts()));
        send(prepared.answer().push(text));
        return stops.matched() ? Verdict.STOPPED : Verdict.GO_ON;
    }

    @Override
    public boolean complete(EndCause endCause, DecodeFigures endFigures) {
        cause = endCause;
        figures = endFigures;
        var answer = prepared.answer();
        var rest = answer.push(stops.flush());
        send(rest);
        send(answer.finish(endCause == EndCause.STOP));
        if (unsentTokens > 0) {
            events.send(chunk(Answer.Piece.NOTHING));
        }
        return flush();
    }

    @Override
    public boolean flush() {
        if (cause != null && figures != null && session.settled()) {
            // Whoever hears of the end finds the session saved.
            events.send(new Completed(
                    reason(cause, prepared.answer()),
                    figures.promptTokens(),
                    figures.completionTokens(),
                    figures.cachedTokens(),
                    figures.draftedTokens(),
                    figures.acceptedDraftTokens(),
                    figures.timings(),
                    prepared.seed(),
                    prepared.reportedStop(stops.match()),
                    session.tokens()));
            cause = null;
            events.end();
            release();
        }
        return events.flush();
    }

    @Override
    public void fail(WorkerFailure failure) {
        events.fail(failure);
        release();
    }

    private static FinishReason reason(EndCause cause, Answer answer) {
        return switch (cause) {
            case STOP -> answer.calledTools() ? FinishReason.TOOL_CALLS : FinishReason.STOP;
            case LENGTH -> FinishReason.LENGTH;
        };
    }

    private void send(Answer.Piece piece) {
        if (!piece.isEmpty()) {
            events.send(chunk(piece));
        }
    }

    private Chunk chunk(Answer.Piece piece) {
        var chunk = new Chunk(piece.text(), piece.reasoning(), piece.toolCalls(), unsentTokens, logprobs);
        unsentTokens = 0;
        logprobs.clear();
        return chunk;
    }

    private void release() {
        if (!released) {
            released = true;
            prepared.close();
            session.close();
            onEnd.run();
        }
    }
}
