package dev.quantgate.worker.llamacpp.generate;

import com.google.protobuf.ByteString;
import dev.quantgate.natives.llama.RowSampler;
import dev.quantgate.worker.api.inference.TokenLogprob;
import dev.quantgate.worker.api.inference.TokenLogprob.Candidate;
import dev.quantgate.worker.llamacpp.schedule.TokenSampler;

/** The native sampler of one request. */
final class NativeSampler implements TokenSampler {
    private final RowSampler rows;

    NativeSampler(RowSampler rows) {
        this.rows = rows;
    }

    RowSampler rows() {
        return rows;
    }

    /** Whether choosing a token can fail: a grammar may allow none. */
    boolean canFail() {
        return rows.spec().grammar() != null;
    }

    /** The log-probability of the token that was chosen last, and of the likeliest ones beside it. */
    TokenLogprob logprob(int token, Pieces pieces) {
        return new TokenLogprob(
                candidate(token, rows.logprob(), pieces),
                rows.topLogprobs().stream()
                        .map(top -> candidate(top.token(), top.logprob(), pieces))
                        .toList());
    }

    @Override
    public void close() {
        rows.close();
    }

    private static Candidate candidate(int token, float logprob, Pieces pieces) {
        return new Candidate(token, ByteString.copyFrom(pieces.piece(token).bytes()), logprob);
    }
}
