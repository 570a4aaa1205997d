// Our kernels inside of the CPU backend of llama.cpp.
#pragma once

#include "ggml_internals.h"

namespace quantgate {

// Functions of the CPU variant that was picked.
struct cpu_functions {
    void (*barrier)(ggml_threadpool * pool);
    // A counter that the threads of a pool share: set by one of them before a barrier.
    void (*chunk_set)(ggml_threadpool * pool, int value);
    int (*chunk_add)(ggml_threadpool * pool, int value);
};

extern cpu_functions cpu;

// The layout of weights that our products use.
ggml_backend_buffer_type_t weights_buffer_type();
bool                       is_product_supported(const ggml_tensor * op);

// Who computes an operation instead of ggml, or null.
ggml_tensor_traits * product_of(const ggml_tensor * op);
ggml_tensor_traits * attention_of(const ggml_tensor * op);

} // namespace quantgate
