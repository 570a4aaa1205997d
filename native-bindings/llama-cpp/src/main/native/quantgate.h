// The C API of Quantgate's shims over llama.cpp: what is better, safer or faster done without leaving native code.
//
// Rules that hold for every function here:
//   - errors are C++ exceptions derived from std::exception; the JNI layer turns them into Java exceptions;
//   - functions that produce text keep it per thread and return its size in bytes: fetch it with qg_text before the
//     next such call on the same thread;
//   - handles have one owner, who frees them; no handle may be used by two threads at once.
#pragma once

#include "llama.h"

#define QUANTGATE_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

// --- runtime: logging and aborts (runtime.cpp) ---------------------------------------------------------------------

// Receives one whole log line without its line feed; level is a ggml_log_level other than CONT.
typedef void (*qg_log_sink)(int32_t level, const char * line);

// Routes the logs of llama.cpp to the sink, drops lines below min_level, silences libllama-common's own logger, and
// turns GGML_ASSERT/GGML_ABORT on a Java thread into an exception whose text starts with "ggml_abort: ".
QUANTGATE_API void qg_runtime_init(qg_log_sink sink, int32_t min_level);
QUANTGATE_API void qg_log_min_level(int32_t min_level);

// Collects this thread's warnings and errors from begin to end; end returns the size of the text. Not nested.
QUANTGATE_API void    qg_capture_begin(void);
QUANTGATE_API int64_t qg_capture_end(void);

// Copies the last text result of this thread; size must be what the producing call returned.
QUANTGATE_API void qg_text(uint8_t * dst, int64_t size);

// Name of the file that the CPU backend was loaded from, such as libggml-cpu-zen4.so.
QUANTGATE_API int64_t qg_cpu_backend_file(void);

// Has the CPU backend wait for its threads with the barrier in that library (barrier/barrier.cpp). To be called before the
// CPU backend is loaded; false if the library cannot be.
QUANTGATE_API bool qg_load_barrier(const char * library);

// Has the CPU backend compute with our own kernels what it is slower at (cpu_kernels.cpp). To be called before the first
// model is loaded; false if this processor cannot run them.
QUANTGATE_API bool qg_install_kernels(void);

// Where weights lie in the layout of our kernels; those that have none are not supported there.
QUANTGATE_API ggml_backend_buffer_type_t qg_weights_buffer_type(void);

// Bytes of all weights that were ever given room in that layout.
QUANTGATE_API int64_t qg_packed_bytes(void);

// Fails a GGML assertion on the calling thread: lets tests see what becomes of one.
QUANTGATE_API void qg_fail_assertion(void);

// --- mapped files (file_guard.cpp) ---------------------------------------------------------------------------------

// Watches over a model's file until the guard is released: when the file shrinks while it is mapped, the lost part reads
// as zeros and the guard is damaged; without one, reading it would end the process. Thread-safe.
QUANTGATE_API int32_t qg_file_guard(const char * path);
QUANTGATE_API bool    qg_file_guard_damaged(int32_t guard);
QUANTGATE_API void qg_file_guard_release(int32_t guard);

// Gives back the memory that the mapped file takes up now; what is read again comes back from the page cache.
QUANTGATE_API void qg_file_guard_drop_pages(int32_t guard);

// --- decoding (decode.cpp) -----------------------------------------------------------------------------------------

// Makes llama_decode stop soon after *flag becomes non-zero; flag is the address of an int32, 0 removes it.
QUANTGATE_API void qg_set_cancel_flag(struct llama_context * ctx, int64_t flag);

// Decodes the first n_tokens of a block that holds, one after the other: int32 token[capacity], int32 pos[capacity],
// int32 n_seq[capacity], int32 seq[capacity * seqs_per_token], int8 logits[capacity].
QUANTGATE_API int32_t qg_decode(
        struct llama_context * ctx, int64_t block, int32_t capacity, int32_t seqs_per_token, int32_t n_tokens);

// Gives the context a pool of worker threads that lives as long as the returned handle, instead of threads made anew
// for every graph. poll (0..100) says how long the workers spin before they sleep.
QUANTGATE_API int64_t qg_threadpool_attach(struct llama_context * ctx, int32_t n_threads, int32_t poll);
QUANTGATE_API void    qg_threadpool_free(int64_t pool);

// Every token of a vocabulary in one go: for n tokens int32 end[n] (where its piece ends), uint8 flags[n] (1: ends a
// generation, 2: control), then the pieces one after the other; control tokens have an empty piece.
QUANTGATE_API int64_t qg_vocab_table(const struct llama_vocab * vocab);

// --- sampling (sampler_api.cpp) ----------------------------------------------------------------------------------------

typedef struct qg_sampler_params {
    float   temperature;       // <= 0: greedy
    int32_t top_k;             // <= 0: off
    float   top_p;             // >= 1: off
    float   min_p;             // <= 0: off
    float   typical_p;         // >= 1: off
    float   repeat_penalty;    // 1: off
    float   frequency_penalty; // 0: off
    float   presence_penalty;  // 0: off
    int32_t penalty_last_n;    // tokens looked back at, 0: off
    int64_t seed;
    int32_t n_logprobs;        // < 0: none, 0: of the chosen token, n: also of the n likeliest
} qg_sampler_params;

typedef struct qg_sampler qg_sampler;

// grammar is a llama_sampler made by llama_sampler_init_grammar*, or null; the sampler takes ownership of it.
QUANTGATE_API qg_sampler * qg_sampler_new(
        const qg_sampler_params * params, int32_t n_vocab, const int32_t * bias_tokens, const float * bias_values,
        int32_t n_bias, struct llama_sampler * grammar);
QUANTGATE_API qg_sampler * qg_sampler_clone(const qg_sampler * sampler);
QUANTGATE_API void         qg_sampler_free(qg_sampler * sampler);
QUANTGATE_API void         qg_sampler_reset(qg_sampler * sampler);

// Tells the sampler of tokens that it did not choose: the one for the penalties, the other for the grammar.
QUANTGATE_API void qg_sampler_remember(qg_sampler * sampler, const int32_t * tokens, int32_t n);
QUANTGATE_API void qg_sampler_follow(qg_sampler * sampler, const int32_t * tokens, int32_t n);

// Samples n rows and accepts each result. The block holds, one after the other: int64 sampler[capacity] (a qg_sampler,
// or a chain of llama.cpp with the lowest bit set), int32 row[capacity] (index into the last batch),
// int32 token[capacity] (result), float logprob[capacity] (result, NaN when not asked for).
QUANTGATE_API void qg_sample_rows(struct llama_context * ctx, int64_t block, int32_t capacity, int32_t n);

// The same for one row of logits at any address; the row is unchanged on return.
QUANTGATE_API int32_t qg_sample_logits(qg_sampler * sampler, float * logits);

// The likeliest tokens of the last sampled row, best first, with their log-probabilities; returns how many.
QUANTGATE_API int32_t qg_sampler_top(const qg_sampler * sampler, int32_t * tokens, float * logprobs, int32_t capacity);
QUANTGATE_API float   qg_sampler_logprob(const qg_sampler * sampler);

// Parses a grammar and throws std::invalid_argument with the reason when it is wrong. llama.cpp itself would print the
// reason, and the whole grammar, to stderr.
QUANTGATE_API void qg_grammar_check(const struct llama_vocab * vocab, const uint8_t * grammar, int64_t size, const char * root);

// --- chat templates (chat.cpp) -------------------------------------------------------------------------------------

typedef struct qg_chat qg_chat;
typedef struct qg_chat_parser qg_chat_parser;

// source is the template's text, or empty for the one in the model's file.
QUANTGATE_API qg_chat * qg_chat_new(const struct llama_model * model, const uint8_t * source, int64_t size);
QUANTGATE_API void      qg_chat_free(qg_chat * chat);
QUANTGATE_API int64_t   qg_chat_source(const qg_chat * chat);
QUANTGATE_API int64_t   qg_chat_capabilities(const qg_chat * chat);
QUANTGATE_API int64_t   qg_chat_render(const qg_chat * chat, const uint8_t * request, int64_t size);

// Reads what a model wrote in answer to a rendered prompt; rendered is the result of qg_chat_render.
QUANTGATE_API qg_chat_parser * qg_chat_parser_new(const uint8_t * rendered, int64_t size);
QUANTGATE_API void             qg_chat_parser_free(qg_chat_parser * parser);
// The message so far as JSON.
QUANTGATE_API int64_t qg_chat_parser_parse(qg_chat_parser * parser, const uint8_t * output, int64_t size, bool partial);
// What the message gained since the last call, as a JSON array of OpenAI deltas.
QUANTGATE_API int64_t qg_chat_parser_deltas(qg_chat_parser * parser, const uint8_t * output, int64_t size, bool partial);

QUANTGATE_API int64_t qg_schema_to_grammar(const uint8_t * schema, int64_t size);

// --- quantisation (quantize.cpp) -----------------------------------------------------------------------------------

// Called on the calling thread for each tensor, in the order of the output; returning false cancels.
typedef bool (*qg_quantize_listener)(
        int32_t index, int32_t count, const char * name, const char * from_type, const char * to_type,
        int64_t from_bytes, int64_t to_bytes);

enum qg_quantize_result {
    QG_QUANTIZE_OK                    = 0,
    QG_QUANTIZE_REFUSED               = 1, // by llama.cpp; the reason is in the captured log
    QG_QUANTIZE_CANCELLED             = 2,
    QG_QUANTIZE_OK_BUT_NEEDS_IMATRIX  = 3, // a plan for a mix that cannot be made without an importance matrix
};

// Tells the listener what llama_model_quantize would make of each tensor; reads no weights and writes nothing.
QUANTGATE_API int32_t qg_quantize_plan(
        const char * source, const struct llama_model_quantize_params * params, qg_quantize_listener listener);

// Makes the file that llama_model_quantize would make, byte for byte, on this thread and nthread - 1 others, and tells
// the listener of each tensor once it is written. plan has a line for each tensor, in the order of the output: the number
// of the ggml_type that it gets, a space, and its name. cancel is the address of an int32 that turns non-zero to stop, or 0.
QUANTGATE_API int32_t qg_quantize(
        const char * source, const char * target, const struct llama_model_quantize_params * params, const char * plan,
        qg_quantize_listener listener, int64_t cancel);

#ifdef __cplusplus
}
#endif
