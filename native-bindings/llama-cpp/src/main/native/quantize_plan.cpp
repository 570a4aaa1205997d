#include "quantgate.h"
#include "log_state.h"

#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>

namespace {

ggml_type type_by_name(const std::string & name) {
    for (int type = 0; type < GGML_TYPE_COUNT; ++type) {
        const char * known = ggml_type_name(static_cast<ggml_type>(type));
        if (known != nullptr && name == known) {
            return static_cast<ggml_type>(type);
        }
    }
    throw std::runtime_error("llama.cpp reports an unknown tensor type " + name);
}

// Which tensors a type's mix gives which type is decided inside llama_model_quantize, and a dry run logs it. The pieces
// for one tensor (llama-quant.cpp, main loop):
//   "[   3/ 272] blk.0.attn_k.weight - [  576,   192,     1,     1], type =    f16, "
//   "size = ..."    which ends with "(q8_0)" when the type changes
class plan_reader : public quantgate::log_listener {
public:
    explicit plan_reader(qg_quantize_listener listener) : listener(listener) {}

    bool needs_imatrix = false;
    bool goes_on       = true;

    void on_log(ggml_log_level level, const char * text) override {
        if (level == GGML_LOG_LEVEL_WARN && strstr(text, "will require an imatrix") != nullptr) {
            needs_imatrix = true;
        }
        if (level != GGML_LOG_LEVEL_INFO) {
            return;
        }
        if (text[0] == '[') {
            in_tensor = start_tensor(text);
        } else if (in_tensor && strncmp(text, "size = ", 7) == 0) {
            in_tensor = false;
            end_tensor(text);
        }
    }

private:
    // Read from the right, because a tensor's name may hold anything.
    bool start_tensor(const std::string & text) {
        const size_t type_at  = text.rfind("], type = ");
        const size_t shape_at = type_at == std::string::npos ? type_at : text.rfind(" - [", type_at);
        const size_t name_at  = text.find("] ");
        if (shape_at == std::string::npos || name_at + 2 > shape_at) {
            return false;
        }
        char type[32];
        if (sscanf(text.c_str(), "[%d/%d]", &index, &count) != 2
            || sscanf(text.c_str() + shape_at, " - [%ld, %ld, %ld, %ld], type = %31[^,],", &ne[0], &ne[1], &ne[2],
                      &ne[3], type) != 5) {
            return false;
        }
        name.assign(text, name_at + 2, shape_at - name_at - 2);
        name.erase(name.find_last_not_of(' ') + 1);
        from = type_by_name(type);
        return true;
    }

    void end_tensor(const char * text) {
        const char * planned  = strrchr(text, '(');
        char         type[32] = {};
        const bool   changes  = planned != nullptr && sscanf(planned, "(%31[^)])", type) == 1;
        const ggml_type to    = changes ? type_by_name(type) : from;
        // The listener's refusal can wait: a dry run is short.
        goes_on = goes_on && listener(index, count, name.c_str(), ggml_type_name(from), ggml_type_name(to), bytes(from), bytes(to));
    }

    int64_t bytes(ggml_type type) const {
        return static_cast<int64_t>(ggml_row_size(type, ne[0])) * ne[1] * ne[2] * ne[3];
    }

    qg_quantize_listener listener;
    int                  index = 0;
    int                  count = 0;
    bool        in_tensor = false;
    std::string name;
    ggml_type   from  = GGML_TYPE_F32;
    long        ne[4] = {1, 1, 1, 1};
};

} // namespace

extern "C" int32_t qg_quantize_plan(
        const char * source, const struct llama_model_quantize_params * params, qg_quantize_listener listener) {
    llama_model_quantize_params dry = *params;
    dry.dry_run = true;
    plan_reader                          reader(listener);
    const quantgate::scoped_log_listener scope(&reader);
    if (llama_model_quantize(source, "", &dry) != 0) {
        return QG_QUANTIZE_REFUSED;
    }
    return !reader.goes_on ? QG_QUANTIZE_CANCELLED : reader.needs_imatrix ? QG_QUANTIZE_OK_BUT_NEEDS_IMATRIX : QG_QUANTIZE_OK;
}
