package dev.quantgate.worker.api.inference;

import java.util.List;

/**
 * The log-probability of a generated token.
 *
 * @param token the token
 * @param alternatives the most likely tokens, most likely first
 */
public record TokenLogprob(Candidate token, List<Candidate> alternatives) {

    public TokenLogprob {
        alternatives = List.copyOf(alternatives);
    }

    /**
     * A token with its log-probability.
     *
     * @param id token id
     * @param bytes its text in UTF-8; may be part of a character
     * @param logprob natural logarithm of its probability before sampling steps
     */
    public record Candidate(int id, com.google.protobuf.ByteString bytes, float logprob) {}
}
