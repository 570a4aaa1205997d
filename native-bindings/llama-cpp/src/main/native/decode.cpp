#include "quantgate.h"

#include "ggml-backend.h"
#include "ggml-cpu.h"

#include "log_state.h"

#include <dlfcn.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// Results of llama_decode that are part of normal work, although llama.cpp logs errors for them.
constexpr int32_t DECODE_NO_SLOT = 1;
constexpr int32_t DECODE_ABORTED = 2;

// Java writes the flag with volatile semantics at an aligned address.
bool flag_is_set(void * flag) {
    return reinterpret_cast<std::atomic<int32_t> *>(flag)->load(std::memory_order_relaxed) != 0;
}

// The thread pool API lives in the CPU variant that was picked at run time, so it can only be reached by name.
template <class F> F cpu_function(const char * name) {
    ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    if (device == nullptr) {
        throw std::runtime_error("no CPU backend is loaded");
    }
    void * function = ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), name);
    if (function == nullptr) {
        throw std::runtime_error(std::string("the CPU backend has no function ") + name);
    }
    return reinterpret_cast<F>(function);
}

} // namespace

extern "C" {

void qg_set_cancel_flag(struct llama_context * ctx, int64_t flag) {
    llama_set_abort_callback(ctx, flag != 0 ? flag_is_set : nullptr, reinterpret_cast<void *>(flag));
}

int32_t qg_decode(
        struct llama_context * ctx, int64_t block, int32_t capacity, int32_t seqs_per_token, int32_t n_tokens) {
    // llama_batch wants a pointer per token to its sequence ids; they are cheap to compute and never leave the thread.
    thread_local std::vector<llama_seq_id *> seq_ids;

    auto * const token  = reinterpret_cast<int32_t *>(block);
    auto * const pos    = token + capacity;
    auto * const n_seq  = pos + capacity;
    auto * const seq    = n_seq + capacity;
    auto * const logits = reinterpret_cast<int8_t *>(seq + static_cast<int64_t>(capacity) * seqs_per_token);
    seq_ids.resize(n_tokens);
    for (int32_t i = 0; i < n_tokens; ++i) {
        seq_ids[i] = seq + static_cast<int64_t>(i) * seqs_per_token;
    }
    const quantgate::scoped_log_hold hold;
    const int32_t result = llama_decode(ctx, llama_batch{n_tokens, token, nullptr, pos, n_seq, seq_ids.data(), logits});
    if (result == DECODE_NO_SLOT || result == DECODE_ABORTED) {
        quantgate::drop_held_log();
    }
    return result;
}

int64_t qg_threadpool_attach(struct llama_context * ctx, int32_t n_threads, int32_t poll) {
    ggml_threadpool_params params = ggml_threadpool_params_default(n_threads);
    params.poll                   = static_cast<uint32_t>(poll);
    ggml_threadpool_t pool = cpu_function<decltype(&ggml_threadpool_new)>("ggml_threadpool_new")(&params);
    if (pool == nullptr) {
        throw std::runtime_error("could not create a thread pool");
    }
    llama_attach_threadpool(ctx, pool, pool);
    return reinterpret_cast<int64_t>(pool);
}

void qg_threadpool_free(int64_t pool) {
    cpu_function<decltype(&ggml_threadpool_free)>("ggml_threadpool_free")(reinterpret_cast<ggml_threadpool_t>(pool));
}

int64_t qg_cpu_backend_file(void) {
    Dl_info info = {};
    if (dladdr(cpu_function<void *>("ggml_threadpool_new"), &info) == 0 || info.dli_fname == nullptr) {
        throw std::runtime_error("cannot tell which CPU backend was loaded");
    }
    const std::string path = info.dli_fname;
    return quantgate::keep_text(path.substr(path.rfind('/') + 1));
}

int64_t qg_vocab_table(const struct llama_vocab * vocab) {
    const int32_t        n = llama_vocab_n_tokens(vocab);
    std::vector<int32_t> ends(n);
    std::string          flags(n, '\0'), pieces;
    std::vector<char>    piece(64);
    for (llama_token token = 0; token < n; ++token) {
        int32_t size = llama_token_to_piece(vocab, token, piece.data(), static_cast<int32_t>(piece.size()), 0, false);
        if (size < 0) {
            piece.resize(-size);
            size = llama_token_to_piece(vocab, token, piece.data(), static_cast<int32_t>(piece.size()), 0, false);
        }
        pieces.append(piece.data(), size);
        ends[token]  = static_cast<int32_t>(pieces.size());
        flags[token] = static_cast<char>(
                (llama_vocab_is_eog(vocab, token) ? 1 : 0) | (llama_vocab_is_control(vocab, token) ? 2 : 0));
    }
    return quantgate::keep_text(std::string(reinterpret_cast<const char *>(ends.data()), 4 * ends.size()) + flags + pieces);
}

} // extern "C"
