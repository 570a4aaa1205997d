package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.inference.Tool;
import java.util.ArrayList;
import java.util.List;

/**
 * The functions that a chat may call.
 *
 * @param tools those on offer
 * @param choice {@code auto}, {@code none}, {@code required}, or empty for the default
 * @param single whether an answer has one call at most
 */
record ToolFields(List<Tool> tools, String choice, boolean single) {
    private static final String CHOICES = "auto, none, required or {\"type\":\"function\",\"function\":{\"name\":...}}";

    ToolFields {
        tools = List.copyOf(tools);
    }

    static ToolFields read(Fields body) {
        body.refuse("functions", "the field tools");
        body.refuse("function_call", "the field tool_choice");
        var tools = new ArrayList<Tool>();
        for (var element : body.array("tools")) {
            tools.add(tool(Fields.of(element, body.path("tools") + "[" + tools.size() + "]")));
        }
        var single = !body.flag("parallel_tool_calls", true);
        var choice = body.value("tool_choice");
        if (choice == null) {
            return new ToolFields(tools, "", single);
        }
        if (choice instanceof String word) {
            if (!List.of("auto", "none", "required").contains(word)) {
                throw Fields.invalid("tool_choice", Fields.quote(word), CHOICES);
            }
            return new ToolFields(tools, word, single);
        }
        var wanted = function(Fields.of(choice, "tool_choice"), CHOICES).string("name");
        // Only the named function is on offer, and the model has to call one.
        var named = tools.stream()
                .filter(tool -> wanted.filter(tool.name()::equals).isPresent())
                .toList();
        if (named.isEmpty()) {
            throw Fields.invalid("tool_choice.function.name", "not one of the tools", "the name of a tool");
        }
        return new ToolFields(named, "required", single);
    }

    private static Tool tool(Fields tool) {
        var function = function(tool, "a function: other kinds of tools are not supported");
        return new Tool(
                function.string("name").orElseThrow(() -> function.wrongType("name", "the function's name")),
                function.string("description").orElse(""),
                function.json("parameters").orElse(""));
    }

    private static Fields function(Fields holder, String expected) {
        if (holder.string("type").filter("function"::equals).isEmpty()) {
            throw holder.wrongType("type", expected);
        }
        return holder.object("function").orElseThrow(() -> holder.wrongType("function", "an object"));
    }
}
