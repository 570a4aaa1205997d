#include "quantgate.h"

// Not a public header of llama.cpp; the tag is pinned, and only the parser tells why a grammar is wrong.
#include "llama-grammar.h"

#include <stdexcept>
#include <string>

namespace {

constexpr size_t MAX_REASON_BYTES = 300;

const char * skip_space_and_comments(const char * text) {
    for (;; ++text) {
        if (*text == '#') {
            while (*text != '\0' && *text != '\r' && *text != '\n') {
                ++text;
            }
        }
        if (*text != ' ' && *text != '\t' && *text != '\r' && *text != '\n') {
            return text;
        }
    }
}

void check_references(const llama_grammar_parser & parser) {
    for (const auto & [name, id] : parser.symbol_ids) {
        if (id >= parser.rules.size() || parser.rules[id].empty()) {
            throw std::invalid_argument("undefined rule '" + name + "'");
        }
    }
}

} // namespace

extern "C" void qg_grammar_check(
        const struct llama_vocab * vocab, const uint8_t * grammar, int64_t size, const char * root) {
    const std::string    text(reinterpret_cast<const char *>(grammar), size);
    llama_grammar_parser parser(vocab);
    try {
        const char * at = skip_space_and_comments(text.c_str());
        while (*at != '\0') {
            at = skip_space_and_comments(parser.parse_rule(at));
        }
    } catch (const std::exception & e) {
        // The reason ends with all of the remaining text.
        throw std::invalid_argument(std::string(e.what()).substr(0, MAX_REASON_BYTES));
    }
    check_references(parser);
    if (parser.symbol_ids.find(root) == parser.symbol_ids.end()) {
        throw std::invalid_argument(std::string("no rule '") + root + "'");
    }
}
