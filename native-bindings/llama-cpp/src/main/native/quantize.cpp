#include "quantgate.h"
#include "log_state.h"

#include <atomic>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>

namespace {

struct cancelled : std::runtime_error {
    cancelled() : std::runtime_error("cancelled") {}
};

ggml_type type_by_name(const char * name) {
    for (int type = 0; type < GGML_TYPE_COUNT; ++type) {
        const char * known = ggml_type_name(static_cast<ggml_type>(type));
        if (known != nullptr && strcmp(known, name) == 0) {
            return static_cast<ggml_type>(type);
        }
    }
    throw std::runtime_error(std::string("llama.cpp reports an unknown tensor type ") + name);
}

// llama_model_quantize offers neither progress nor cancel, but it logs each tensor before and after it works on it, on
// the thread that called it, and it turns an exception into an error code after releasing all it holds. So the log is
// where both are added. The pieces it logs for one tensor (llama-quant.cpp, main loop):
//   "[   3/ 272] blk.0.attn_k.weight - [  576,   192,     1,     1], type =    f16, "
//   "converting to q8_0 .. "                         only when the type changes
//   "size = ..."                                     when it is done; a dry run ends it with "(q8_0)"
class tensor_watch : public quantgate::log_listener {
public:
    tensor_watch(qg_quantize_listener listener, std::atomic<int32_t> * cancel) : listener(listener), cancel(cancel) {}

    bool stopped       = false;
    bool needs_imatrix = false;

    void on_log(ggml_log_level level, const char * text) override {
        if (level == GGML_LOG_LEVEL_WARN && strstr(text, "will require an imatrix") != nullptr) {
            needs_imatrix = true;
        }
        if (level != GGML_LOG_LEVEL_INFO) {
            return;
        }
        if (text[0] == '[' && start_tensor(text)) {
            stop_if(cancel != nullptr && cancel->load(std::memory_order_relaxed) != 0, text);
        } else if (in_tensor && strncmp(text, "converting to ", 14) == 0) {
            sscanf(text, "converting to %31s", to_type);
        } else if (in_tensor && strncmp(text, "size = ", 7) == 0) {
            const char * planned = strrchr(text, '(');
            if (planned != nullptr) {
                sscanf(planned, "(%31[^)])", to_type);
            }
            end_tensor(text);
        }
    }

private:
    bool start_tensor(const char * text) {
        in_tensor = sscanf(
                            text, "[%d/%d] %127s - [%ld, %ld, %ld, %ld], type = %31[^,],", &index, &count, name, &ne[0],
                            &ne[1], &ne[2], &ne[3], from_type) == 8;
        memcpy(to_type, from_type, sizeof to_type);
        return in_tensor;
    }

    void end_tensor(const char * text) {
        in_tensor = false;
        if (listener != nullptr) {
            stop_if(!listener(index, count, name, from_type, to_type, bytes(from_type), bytes(to_type)), text);
        }
    }

    int64_t bytes(const char * type) const {
        return static_cast<int64_t>(ggml_row_size(type_by_name(type), ne[0])) * ne[1] * ne[2] * ne[3];
    }

    // llama.cpp formats a longer text on the heap and would leak it; such a text just waits for the next chance.
    void stop_if(bool wanted, const char * text) {
        stopped = stopped || wanted;
        if (stopped && strlen(text) < 128) {
            throw cancelled();
        }
    }

    qg_quantize_listener   listener;
    std::atomic<int32_t> * cancel;
    bool                   in_tensor = false;
    int                    index     = 0;
    int                    count     = 0;
    char                   name[128] = {};
    char                   from_type[32] = {};
    char                   to_type[32]   = {};
    long                   ne[4]         = {1, 1, 1, 1};
};

} // namespace

extern "C" int32_t qg_quantize(
        const char * source, const char * target, const struct llama_model_quantize_params * params,
        qg_quantize_listener listener, int64_t cancel) {
    tensor_watch                         watch(listener, reinterpret_cast<std::atomic<int32_t> *>(cancel));
    const quantgate::scoped_log_listener scope(&watch);
    if (llama_model_quantize(source, target, params) == 0) {
        return watch.needs_imatrix ? QG_QUANTIZE_OK_BUT_NEEDS_IMATRIX : QG_QUANTIZE_OK;
    }
    return watch.stopped ? QG_QUANTIZE_CANCELLED : QG_QUANTIZE_FAILED;
}
