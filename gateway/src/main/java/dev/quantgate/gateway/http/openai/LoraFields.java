package dev.quantgate.gateway.http.openai;

import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.inference.AdapterUse;
import java.util.ArrayList;
import java.util.List;

/** The field {@code lora}, which OpenAI's API does not have: {@code [{"name": "...", "scale": 1}]}. */
final class LoraFields {
    private LoraFields() {}

    static List<AdapterUse> read(Fields body) {
        var adapters = new ArrayList<AdapterUse>();
        for (var element : body.array("lora")) {
            var fields = Fields.of(element, "lora[" + adapters.size() + "]");
            var name = fields.string("name").orElseThrow(() -> fields.wrongType("name", "the name of an adapter"));
            adapters.add(new AdapterUse(Names.requireVariant(name, fields.path("name")), fields.number("scale", 1)));
        }
        return adapters;
    }
}
