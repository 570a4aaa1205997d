package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.natives.llama.ChatParser;
import dev.quantgate.natives.llama.LlamaException;
import dev.quantgate.worker.api.inference.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads an answer with llama.cpp's own parser for the template. The parser reads the whole text each time, so it is asked
 * again only after the text has grown by a part of its length: the cost stays proportional to the text. Tool calls are
 * told at the end, when they are complete.
 */
final class ParsedAnswer implements Answer {
    private static final int SMALLEST_STEP_CHARACTERS = 6;
    private static final int GROWTH_DIVISOR = 8;

    private final ChatParser parser;
    private final StringBuilder output = new StringBuilder();
    private final TreeMap<Integer, Call> calls = new TreeMap<>();
    private int nextParseAt = SMALLEST_STEP_CHARACTERS;
    private boolean calledTools;

    private static final class Call {
        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
    }

    ParsedAnswer(ChatParser parser) {
        this.parser = parser;
    }

    @Override
    public Piece push(String text) {
        output.append(text);
        if (output.length() < nextParseAt) {
            return Piece.NOTHING;
        }
        nextParseAt = output.length() + Math.max(SMALLEST_STEP_CHARACTERS, output.length() / GROWTH_DIVISOR);
        return parse(true, List.of());
    }

    @Override
    public Piece finish(boolean whole) {
        Piece text;
        try {
            text = parse(!whole, List.of());
        } catch (LlamaException e) {
            // The model did not keep to its format; as a partial answer it can still be read.
            text = parse(true, List.of());
        }
        var complete = completeCalls();
        calledTools = !complete.isEmpty();
        return new Piece(text.text(), text.reasoning(), complete);
    }

    @Override
    public boolean calledTools() {
        return calledTools;
    }

    @Override
    public void close() {
        parser.close();
    }

    private Piece parse(boolean partial, List<ToolCall> complete) {
        var text = new StringBuilder();
        var reasoning = new StringBuilder();
        for (var item : Json.list(Json.read(parser.deltas(output.toString(), partial)))) {
            var delta = Json.object(item);
            text.append(Json.text(delta.get("content")));
            reasoning.append(Json.text(delta.get("reasoning_content")));
            for (var call : Json.list(delta.get("tool_calls"))) {
                collect(call);
            }
        }
        return new Piece(text.toString(), reasoning.toString(), complete);
    }

    private void collect(Object item) {
        var delta = Json.object(item);
        var index = delta.get("index") instanceof Number number ? number.intValue() : 0;
        var call = calls.computeIfAbsent(index, key -> new Call());
        var id = Json.text(delta.get("id"));
        if (!id.isEmpty()) {
            call.id = id;
        }
        var function = Json.object(delta.get("function"));
        call.name += Json.text(function.get("name"));
        call.arguments.append(Json.text(function.get("arguments")));
    }

    /** Calls whose arguments are JSON; one that was cut off is left out. */
    private List<ToolCall> completeCalls() {
        var complete = new ArrayList<ToolCall>();
        calls.forEach((index, call) -> {
            var arguments = call.arguments.toString();
            if (!call.name.isEmpty() && isObject(arguments)) {
                complete.add(new ToolCall(call.id.isEmpty() ? "call_" + index : call.id, call.name, arguments));
            }
        });
        return complete;
    }

    private static boolean isObject(String arguments) {
        try {
            return Json.read(arguments) instanceof Map;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
