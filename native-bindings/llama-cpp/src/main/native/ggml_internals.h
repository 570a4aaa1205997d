// What ggml declares in headers that it does not publish: ggml-backend-impl.h and ggml-cpu/traits.h of the pinned release.
// Names differ, because the classes' type information lives in libraries that are not linked; layouts are the same.
#pragma once

#include "ggml-backend.h"
#include "ggml.h"

struct ggml_backend_buffer_type_functions {
    const char * (*get_name)(ggml_backend_buffer_type_t type);
    ggml_backend_buffer_t (*alloc_buffer)(ggml_backend_buffer_type_t type, size_t size);
    size_t (*get_alignment)(ggml_backend_buffer_type_t type);
    size_t (*get_max_size)(ggml_backend_buffer_type_t type);
    size_t (*get_alloc_size)(ggml_backend_buffer_type_t type, const ggml_tensor * tensor);
    bool (*is_host)(ggml_backend_buffer_type_t type);
};

struct ggml_backend_buffer_type {
    ggml_backend_buffer_type_functions iface;
    ggml_backend_dev_t                 device;
    void *                             context;
};

struct ggml_backend_buffer_functions {
    void (*free_buffer)(ggml_backend_buffer_t buffer);
    void * (*get_base)(ggml_backend_buffer_t buffer);
    ggml_status (*init_tensor)(ggml_backend_buffer_t buffer, ggml_tensor * tensor);
    void (*memset_tensor)(ggml_backend_buffer_t buffer, ggml_tensor * tensor, uint8_t value, size_t offset, size_t size);
    void (*set_tensor)(ggml_backend_buffer_t buffer, ggml_tensor * tensor, const void * data, size_t offset, size_t size);
    void (*get_tensor)(ggml_backend_buffer_t buffer, const ggml_tensor * tensor, void * data, size_t offset, size_t size);
    void (*set_tensor_2d)(
            ggml_backend_buffer_t buffer, ggml_tensor * tensor, const void * data, size_t offset, size_t size,
            size_t n_copies, size_t stride_tensor, size_t stride_data);
    void (*get_tensor_2d)(
            ggml_backend_buffer_t buffer, const ggml_tensor * tensor, void * data, size_t offset, size_t size,
            size_t n_copies, size_t stride_tensor, size_t stride_data);
    bool (*cpy_tensor)(ggml_backend_buffer_t buffer, const ggml_tensor * src, ggml_tensor * dst);
    void (*clear)(ggml_backend_buffer_t buffer, uint8_t value);
    void (*reset)(ggml_backend_buffer_t buffer);
};

struct ggml_backend_buffer {
    ggml_backend_buffer_functions iface;
    ggml_backend_buffer_type_t    buft;
    void *                        context;
    size_t                        size;
    ggml_backend_buffer_usage     usage;
};

struct ggml_compute_params {
    int               ith;
    int               nth;
    size_t            wsize;
    void *            wdata;
    ggml_threadpool * threadpool;
    bool              use_ref;
};

namespace quantgate {

class ggml_tensor_traits {
public:
    virtual ~ggml_tensor_traits()                                                         = default;
    virtual bool work_size(int n_threads, const ggml_tensor * op, size_t & size)          = 0;
    virtual bool compute_forward(ggml_compute_params * params, ggml_tensor * op)          = 0;
};

class ggml_extra_buffer_type {
public:
    virtual ~ggml_extra_buffer_type()                                            = default;
    virtual bool                 supports_op(ggml_backend_dev_t device, const ggml_tensor * op) = 0;
    virtual ggml_tensor_traits * get_tensor_traits(const ggml_tensor * op)                      = 0;
};

} // namespace quantgate
