package dev.quantgate.gateway.http.openai;

import com.google.protobuf.ByteString;
import dev.quantgate.worker.api.inference.TokenLogprob;
import dev.quantgate.worker.api.inference.TokenLogprob.Candidate;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;

/** Log-probabilities of tokens in the forms of chats and of completions. */
final class LogprobJson {
    private LogprobJson() {}

    static void chat(JsonOut out, List<TokenLogprob> logprobs) {
        out.raw("{\"content\":[");
        for (int i = 0; i < logprobs.size(); i++) {
            var logprob = logprobs.get(i);
            candidate(out.raw(i == 0 ? "{" : ",{"), logprob.token());
            out.raw(",\"top_logprobs\":[");
            for (int k = 0; k < logprob.alternatives().size(); k++) {
                candidate(out.raw(k == 0 ? "{" : ",{"), logprob.alternatives().get(k));
                out.raw("}");
            }
            out.raw("]}");
        }
        out.raw("],\"refusal\":null}");
    }

    /** Writes the four parallel arrays; {@code offset} is the place of the first token in the text. */
    static void completion(JsonOut out, List<TokenLogprob> logprobs, int offset) {
        out.raw("{\"tokens\":[");
        each(out, logprobs, logprob -> out.string(name(logprob.token().bytes())));
        out.raw("],\"token_logprobs\":[");
        each(out, logprobs, logprob -> out.logprob(logprob.token().logprob()));
        out.raw("],\"top_logprobs\":[");
        each(out, logprobs, logprob -> alternatives(out, logprob.alternatives()));
        out.raw("],\"text_offset\":[");
        var place = new int[] {offset};
        each(out, logprobs, logprob -> {
            out.number(place[0]);
            place[0] += logprob.token().bytes().toStringUtf8().length();
        });
        out.raw("]}");
    }

    private static void candidate(JsonOut out, Candidate candidate) {
        out.raw("\"token\":").string(candidate.bytes().toStringUtf8());
        out.raw(",\"logprob\":").logprob(candidate.logprob());
        out.raw(",\"bytes\":[");
        for (int i = 0; i < candidate.bytes().size(); i++) {
            out.raw(i == 0 ? "" : ",").number(candidate.bytes().byteAt(i) & 0xff);
        }
        out.raw("]");
    }

    private static void alternatives(JsonOut out, List<Candidate> alternatives) {
        var names = new HashSet<String>();
        out.raw("{");
        for (var alternative : alternatives) {
            var name = name(alternative.bytes());
            // Two tokens may have the same bytes; the likelier one comes first and keeps the name.
            if (names.add(name)) {
                out.raw(names.size() == 1 ? "" : ",").string(name).raw(":").logprob(alternative.logprob());
            }
        }
        out.raw("}");
    }

    private static void each(JsonOut out, List<TokenLogprob> logprobs, Consumer<TokenLogprob> write) {
        for (int i = 0; i < logprobs.size(); i++) {
            out.raw(i == 0 ? "" : ",");
            write.accept(logprobs.get(i));
        }
    }

    /** A token's text; part of a character is spelt out, so that different tokens have different names. */
    private static String name(ByteString bytes) {
        if (bytes.isValidUtf8()) {
            return bytes.toStringUtf8();
        }
        var name = new StringBuilder("bytes:");
        for (var value : bytes) {
            name.append("\\x")
                    .append(Character.forDigit(value >> 4 & 0xf, 16))
                    .append(Character.forDigit(value & 0xf, 16));
        }
        return name.toString();
    }
}
