package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.GenerateEvent.Chunk;
import dev.quantgate.worker.api.inference.ToolCall;
import java.util.List;

/**
 * Answers of {@code /v1/chat/completions}.
 *
 * @param logprobs whether the client asked for log-probabilities
 * @param singleCall whether only the first call of a tool is passed on
 */
record ChatFormat(boolean logprobs, boolean singleCall) implements AnswerFormat {
    private static final byte[] DELTA = JsonOut.ascii("\"delta\":{");
    private static final byte[] ROLE = JsonOut.ascii("\"role\":\"assistant\"");
    private static final byte[] CONTENT = JsonOut.ascii("\"content\":");
    private static final byte[] REASONING = JsonOut.ascii("\"reasoning_content\":");
    private static final byte[] NO_LOGPROBS = JsonOut.ascii(",\"logprobs\":null");
    private static final byte[] NULL = JsonOut.ascii("null");
    private static final byte[] COMMA = JsonOut.ascii(",");
    private static final byte[] END = JsonOut.ascii("}");

    @Override
    public String idPrefix() {
        return "chatcmpl-";
    }

    @Override
    public String wholeObject() {
        return "chat.completion";
    }

    @Override
    public String eventObject() {
        return "chat.completion.chunk";
    }

    @Override
    public void part(JsonOut out, Choice choice, Chunk chunk) {
        var calls = passed(chunk.toolCalls(), choice.sentToolCalls);
        out.raw(DELTA);
        var first = !choice.started;
        if (first) {
            out.raw(ROLE).raw(COMMA);
        }
        if (!chunk.reasoning().isEmpty()) {
            out.raw(REASONING).string(chunk.reasoning()).raw(COMMA);
        }
        if (calls.isEmpty()) {
            out.raw(CONTENT).string(chunk.text());
        } else {
            if (!chunk.text().isEmpty()) {
                out.raw(CONTENT).string(chunk.text()).raw(COMMA);
            }
            out.raw("\"tool_calls\":[");
            for (int i = 0; i < calls.size(); i++) {
                out.raw(i == 0 ? "{\"index\":" : ",{\"index\":")
                        .number(choice.sentToolCalls++)
                        .raw(COMMA);
                call(out, calls.get(i));
            }
            out.raw("]");
        }
        out.raw(END);
        if (logprobs && !chunk.logprobs().isEmpty()) {
            LogprobJson.chat(out.raw(",\"logprobs\":"), chunk.logprobs());
        } else {
            out.raw(NO_LOGPROBS);
        }
    }

    @Override
    public void emptyPart(JsonOut out, Choice choice) {
        out.raw(DELTA);
        if (!choice.started) {
            out.raw(ROLE).raw(COMMA).raw(CONTENT).raw("\"\"");
        }
        out.raw(END).raw(NO_LOGPROBS);
    }

    @Override
    public void whole(JsonOut out, Choice choice) {
        var calls = passed(choice.toolCalls, 0);
        out.raw("\"message\":{").raw(ROLE).raw(COMMA).raw(CONTENT);
        if (calls.isEmpty() || choice.text.length() > 0) {
            out.string(choice.text.toString());
        } else {
            out.raw(NULL);
        }
        out.raw(",\"refusal\":null");
        if (choice.reasoning.length() > 0) {
            out.raw(COMMA).raw(REASONING).string(choice.reasoning.toString());
        }
        if (!calls.isEmpty()) {
            out.raw(",\"tool_calls\":[");
            for (int i = 0; i < calls.size(); i++) {
                out.raw(i == 0 ? "{" : ",{");
                call(out, calls.get(i));
            }
            out.raw("]");
        }
        out.raw(END);
        if (logprobs) {
            LogprobJson.chat(out.raw(",\"logprobs\":"), choice.logprobs);
        } else {
            out.raw(NO_LOGPROBS);
        }
    }

    private List<ToolCall> passed(List<ToolCall> calls, int before) {
        return singleCall ? calls.subList(0, Math.min(calls.size(), before == 0 ? 1 : 0)) : calls;
    }

    private static void call(JsonOut out, ToolCall call) {
        out.raw("\"id\":")
                .string(call.id())
                .raw(",\"type\":\"function\",\"function\":{\"name\":")
                .string(call.name())
                .raw(",\"arguments\":")
                .string(call.argumentsJson())
                .raw("}}");
    }
}
