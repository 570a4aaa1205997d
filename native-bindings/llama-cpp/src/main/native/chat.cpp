#include "quantgate.h"
#include "log_state.h"

#include "chat.h"
#include "json-schema-to-grammar.h"

#include <memory>
#include <stdexcept>
#include <string>

struct qg_chat {
    common_chat_templates_ptr templates;
};

struct qg_chat_parser {
    common_chat_parser_params params;
    common_chat_msg           last;
    std::vector<std::string>  call_ids;
    uint64_t                  calls_named = 0;
};

namespace {

std::string to_string(const uint8_t * bytes, int64_t size) {
    return std::string(reinterpret_cast<const char *>(bytes), static_cast<size_t>(size));
}

common_json parse_json(const uint8_t * bytes, int64_t size) {
    return common_json::parse(to_string(bytes, size));
}

bool has(const common_json & object, const char * key) {
    return object.contains(key) && !object.at(key).is_null();
}

const char * trigger_kind(common_grammar_trigger_type type) {
    switch (type) {
        case COMMON_GRAMMAR_TRIGGER_TYPE_TOKEN:        return "token";
        case COMMON_GRAMMAR_TRIGGER_TYPE_WORD:         return "word";
        case COMMON_GRAMMAR_TRIGGER_TYPE_PATTERN:      return "pattern";
        case COMMON_GRAMMAR_TRIGGER_TYPE_PATTERN_FULL: return "pattern_full";
    }
    throw std::logic_error("unknown kind of grammar trigger");
}

common_chat_templates_inputs to_inputs(const common_json & request) {
    if (!request.is_object() || !has(request, "messages")) {
        throw std::invalid_argument("messages: missing (expected: an array of messages)");
    }
    common_chat_templates_inputs inputs;
    inputs.messages = common_chat_msgs_parse_oaicompat(request.at("messages"));
    if (has(request, "tools")) {
        inputs.tools = common_chat_tools_parse_oaicompat(request.at("tools"));
    }
    if (has(request, "tool_choice")) {
        inputs.tool_choice = common_chat_tool_choice_parse_oaicompat(request.at("tool_choice").get<std::string>());
    }
    if (has(request, "json_schema")) {
        inputs.json_schema = request.at("json_schema").dump();
    }
    if (has(request, "grammar")) {
        inputs.grammar = request.at("grammar").get<std::string>();
    }
    if (has(request, "chat_template_kwargs")) {
        for (const auto & [key, value] : request.at("chat_template_kwargs").items()) {
            inputs.chat_template_kwargs[key] = value.dump();
        }
    }
    inputs.add_generation_prompt = request.value("add_generation_prompt", true);
    inputs.parallel_tool_calls   = request.value("parallel_tool_calls", false);
    inputs.enable_thinking       = request.value("enable_thinking", true);
    inputs.reasoning_format      = common_reasoning_format_from_name(request.value("reasoning_format", "auto"));
    return inputs;
}

common_json to_json(const common_chat_params & params, common_reasoning_format reasoning) {
    common_json triggers = common_json::array();
    for (const auto & trigger : params.grammar_triggers) {
        common_json item = common_json::object();
        item["type"]     = trigger_kind(trigger.type);
        item["value"]    = trigger.value;
        if (trigger.type == COMMON_GRAMMAR_TRIGGER_TYPE_TOKEN) {
            item["token"] = trigger.token;
        }
        triggers.push_back(item);
    }
    common_json result           = common_json::object();
    result["prompt"]             = params.prompt;
    result["grammar"]            = params.grammar;
    result["grammar_lazy"]       = params.grammar_lazy;
    result["grammar_triggers"]   = triggers;
    result["preserved_tokens"]   = params.preserved_tokens;
    result["stops"]              = params.additional_stops;
    result["generation_prompt"]  = params.generation_prompt;
    result["supports_thinking"]  = params.supports_thinking;
    result["thinking_start_tag"] = params.thinking_start_tag;
    result["thinking_end_tags"]  = params.thinking_end_tags;
    result["format"]             = static_cast<int>(params.format);
    result["format_name"]        = common_chat_format_name(params.format);
    result["reasoning_format"]   = common_reasoning_format_name(reasoning);
    result["parser"]             = params.parser;
    return result;
}

common_chat_msg parse(qg_chat_parser & parser, const uint8_t * output, int64_t size, bool partial) {
    common_chat_msg message = common_chat_parse(to_string(output, size), partial, parser.params);
    message.role            = "assistant";
    message.set_tool_call_ids(parser.call_ids, [&] { return "call_" + std::to_string(parser.calls_named++); });
    return message;
}

common_json to_json(const common_chat_msg_diff & diff) {
    common_json delta = common_json::object();
    if (!diff.reasoning_content_delta.empty()) {
        delta["reasoning_content"] = diff.reasoning_content_delta;
    }
    if (!diff.content_delta.empty()) {
        delta["content"] = diff.content_delta;
    }
    if (diff.tool_call_index != std::string::npos) {
        common_json function = common_json::object();
        if (!diff.tool_call_delta.name.empty()) {
            function["name"] = diff.tool_call_delta.name;
        }
        function["arguments"] = diff.tool_call_delta.arguments;
        common_json call      = common_json::object();
        call["index"]         = static_cast<int64_t>(diff.tool_call_index);
        if (!diff.tool_call_delta.id.empty()) {
            call["id"]   = diff.tool_call_delta.id;
            call["type"] = "function";
        }
        call["function"]    = function;
        common_json calls   = common_json::array();
        calls.push_back(call);
        delta["tool_calls"] = calls;
    }
    return delta;
}

} // namespace

extern "C" {

qg_chat * qg_chat_new(const struct llama_model * model, const uint8_t * source, int64_t size) {
    auto chat       = std::make_unique<qg_chat>();
    chat->templates = common_chat_templates_init(model, to_string(source, size));
    return chat.release();
}

void qg_chat_free(qg_chat * chat) {
    delete chat;
}

int64_t qg_chat_source(const qg_chat * chat) {
    return quantgate::keep_text(common_chat_templates_source(chat->templates.get()));
}

int64_t qg_chat_capabilities(const qg_chat * chat) {
    common_json result = common_json::object();
    for (const auto & [name, value] : common_chat_templates_get_caps(chat->templates.get())) {
        result[name] = value;
    }
    result["supports_enable_thinking"] = common_chat_templates_support_enable_thinking(chat->templates.get());
    return quantgate::keep_text(result.dump_safe());
}

int64_t qg_chat_render(const qg_chat * chat, const uint8_t * request, int64_t size) {
    const auto inputs = to_inputs(parse_json(request, size));
    const auto params = common_chat_templates_apply(chat->templates.get(), inputs);
    return quantgate::keep_text(to_json(params, inputs.reasoning_format).dump_safe());
}

qg_chat_parser * qg_chat_parser_new(const uint8_t * rendered, int64_t size) {
    const common_json json = parse_json(rendered, size);
    const int         format = json.at("format").get<int>();
    if (format < 0 || format >= COMMON_CHAT_FORMAT_COUNT) {
        throw std::invalid_argument("format: " + std::to_string(format) + " (expected: a known chat format)");
    }
    auto parser                     = std::make_unique<qg_chat_parser>();
    parser->params.format            = static_cast<common_chat_format>(format);
    parser->params.generation_prompt = json.value("generation_prompt", "");
    parser->params.reasoning_format  = common_reasoning_format_from_name(json.value("reasoning_format", "auto"));
    const std::string saved          = json.value("parser", "");
    if (!saved.empty()) {
        parser->params.parser.load(saved);
    }
    return parser.release();
}

void qg_chat_parser_free(qg_chat_parser * parser) {
    delete parser;
}

int64_t qg_chat_parser_parse(qg_chat_parser * parser, const uint8_t * output, int64_t size, bool partial) {
    return quantgate::keep_text(parse(*parser, output, size, partial).to_json_oaicompat().dump_safe());
}

int64_t qg_chat_parser_deltas(qg_chat_parser * parser, const uint8_t * output, int64_t size, bool partial) {
    common_chat_msg message = parse(*parser, output, size, partial);
    common_json     deltas  = common_json::array();
    for (const auto & diff : common_chat_msg_diff::compute_diffs(parser->last, message)) {
        deltas.push_back(to_json(diff));
    }
    parser->last = std::move(message);
    return quantgate::keep_text(deltas.dump_safe());
}

int64_t qg_schema_to_grammar(const uint8_t * schema, int64_t size) {
    return quantgate::keep_text(json_schema_to_grammar(parse_json(schema, size)));
}

} // extern "C"
