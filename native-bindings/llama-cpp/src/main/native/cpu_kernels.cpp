// Has the CPU backend of llama.cpp use our kernels. ggml has a place for that, "extra buffer types", which are asked before
// each operation whether they compute it; but it lists only its own. The list is a vector that the library of each CPU
// variant exports, so ours is appended to it before the first model is loaded.
#include "cpu_kernels.h"

#include "attention.h"
#include "matmul.h"
#include "quantgate.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace quantgate {

cpu_functions cpu = {};

namespace {

// The library of the CPU variant, whose functions can only be reached by name. The backend keeps it loaded.
class cpu_library {
public:
    cpu_library() {
        const auto device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
        if (device == nullptr) {
            return;
        }
        Dl_info info = {};
        if (dladdr(ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), "ggml_threadpool_new"), &info) != 0) {
            handle = dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD);
        }
    }

    cpu_library(const cpu_library &) = delete;

    ~cpu_library() {
        if (handle != nullptr) {
            dlclose(handle);
        }
    }

    template <class F> F function(const char * name) const {
        return handle == nullptr ? nullptr : reinterpret_cast<F>(dlsym(handle, name));
    }

private:
    void * handle = nullptr;
};

// All threads must wait in the same way: in ours if that was found first when the CPU backend was linked.
decltype(cpu.barrier) barrier_of(const cpu_library & library) {
    void * const found_first = dlsym(RTLD_DEFAULT, "ggml_barrier");
    return found_first != nullptr ? reinterpret_cast<decltype(cpu.barrier)>(found_first)
                                  : library.function<decltype(cpu.barrier)>("ggml_barrier");
}

class our_kernels : public ggml_extra_buffer_type {
public:
    bool supports_op(ggml_backend_dev_t /*device*/, const ggml_tensor * op) override {
        return is_product_supported(op);
    }

    ggml_tensor_traits * get_tensor_traits(const ggml_tensor * op) override {
        switch (op->op) {
            case GGML_OP_MUL_MAT: return product_of(op);
            case GGML_OP_FLASH_ATTN_EXT: return attention_of(op);
            default: return nullptr;
        }
    }
};

bool install() {
    if (!matmul::supported() || !attention::supported()) {
        return false;
    }
    const cpu_library library;
    using types_function = std::vector<ggml_backend_buffer_type_t> & (*)();
    const auto types     = library.function<types_function>("_Z39ggml_backend_cpu_get_extra_buffer_typesv");
    cpu.barrier          = barrier_of(library);
    cpu.chunk_set        = library.function<decltype(cpu.chunk_set)>("ggml_threadpool_chunk_set");
    cpu.chunk_add        = library.function<decltype(cpu.chunk_add)>("ggml_threadpool_chunk_add");
    if (types == nullptr || cpu.barrier == nullptr || cpu.chunk_set == nullptr || cpu.chunk_add == nullptr) {
        return false;
    }
    static our_kernels kernels;
    weights_buffer_type()->context = static_cast<ggml_extra_buffer_type *>(&kernels);
    types().push_back(weights_buffer_type());
    return true;
}

} // namespace

} // namespace quantgate

extern "C" {

bool qg_load_barrier(const char * library) {
    // Global, so that the CPU backend, which is loaded later, finds its name before its own.
    return dlopen(library, RTLD_NOW | RTLD_GLOBAL) != nullptr;
}

bool qg_install_kernels(void) {
    static const bool installed = quantgate::install();
    return installed;
}

ggml_backend_buffer_type_t qg_weights_buffer_type(void) {
    return quantgate::weights_buffer_type();
}

} // extern "C"
