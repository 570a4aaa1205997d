// Weights in the layout of our products. llama.cpp asks for each matrix of a model whether a layout suits it, and brings the
// weights into it while it loads.
#include "cpu_kernels.h"

#include "matmul.h"
#include "quantgate.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>

namespace quantgate {

namespace {

constexpr size_t ALIGNMENT = 64;

std::atomic<int64_t> packed_bytes{0};

// Whole groups of rows; a view of weights may be of some of its groups, but neither of parts of rows nor of groups.
bool is_packable(const ggml_tensor * weights) {
    return (weights->type == GGML_TYPE_Q4_1 || weights->type == GGML_TYPE_Q8_0) && weights->ne[2] == 1 && weights->ne[3] == 1
        && weights->ne[1] % matmul::ROWS_PER_GROUP == 0 && ggml_is_contiguous(weights)
        && weights->view_offs % (matmul::ROWS_PER_GROUP * weights->nb[1]) == 0;
}

template <class Group> class product : public ggml_tensor_traits {
public:
    bool work_size(int /*n_threads*/, const ggml_tensor * op, size_t & size) override {
        size = matmul::columns::bytes(ggml_nrows(op->src[1]), op->src[1]->ne[0] / BLOCK_SIZE);
        return true;
    }

    bool compute_forward(ggml_compute_params * params, ggml_tensor * op) override {
        const ggml_tensor * const weights = op->src[0];
        const ggml_tensor * const values  = op->src[1];
        const int64_t blocks    = weights->ne[0] / BLOCK_SIZE;
        const int64_t n_columns = ggml_nrows(values);
        const auto    x         = matmul::columns::in(params->wdata, n_columns, blocks);

        quantize(params, values, x, n_columns);
        if (params->ith == 0) {
            cpu.chunk_set(params->threadpool, params->nth);
        }
        cpu.barrier(params->threadpool);
        multiply(params, op, x, n_columns);
        return true;
    }

private:
    // Columns of activations that are gone through with all rows before the next ones: what they take stays in the cache.
    static constexpr int64_t COLUMNS_AT_ONCE = 128;

    // Each thread takes so many parts of the rows that a slower one does not keep the others waiting long.
    static constexpr int64_t PARTS_PER_THREAD = 4;

    static void quantize(
            const ggml_compute_params * params, const ggml_tensor * values, const matmul::columns & x, int64_t n_columns) {
        const int64_t total = n_columns * x.blocks;
        const int64_t end   = total * (params->ith + 1) / params->nth;
        for (int64_t i = total * params->ith / params->nth; i < end; ++i) {
            const int64_t column = i / x.blocks;
            const int64_t block  = i % x.blocks;
            const int64_t i1     = column % values->ne[1];
            const int64_t i2     = column / values->ne[1] % values->ne[2];
            const int64_t i3     = column / values->ne[1] / values->ne[2];
            const auto *  from   = static_cast<const char *>(values->data) + i1 * values->nb[1] + i2 * values->nb[2] + i3 * values->nb[3];
            matmul::quantize(x, column, block, reinterpret_cast<const float *>(from) + block * BLOCK_SIZE);
        }
    }

    static void multiply(
            const ggml_compute_params * params, const ggml_tensor * op, const matmul::columns & x, int64_t n_columns) {
        const auto *  groups   = static_cast<const Group *>(op->src[0]->data);
        const int64_t n_groups = op->src[0]->ne[1] / matmul::ROWS_PER_GROUP;
        const int64_t parts    = std::min<int64_t>(n_groups, params->nth == 1 ? 1 : PARTS_PER_THREAD * params->nth);
        auto * const  dst      = static_cast<float *>(op->data);
        const int64_t stride   = op->nb[1] / sizeof(float);
        for (int64_t part = params->ith; part < parts; part = cpu.chunk_add(params->threadpool, 1)) {
            const int64_t end = n_groups * (part + 1) / parts;
            for (int64_t from = 0; from < n_columns; from += COLUMNS_AT_ONCE) {
                const int64_t to = std::min(from + COLUMNS_AT_ONCE, n_columns);
                for (int64_t g = n_groups * part / parts; g < end; ++g) {
                    matmul::multiply(
                            groups + g * x.blocks, x, from, to, dst + g * matmul::ROWS_PER_GROUP, stride);
                }
            }
        }
    }
};

product<matmul::q4_1_group> product_q4_1;
product<matmul::q8_0_group> product_q8_0;

bool is_ours(const ggml_tensor * op) {
    return op->op == GGML_OP_MUL_MAT && op->src[0]->buffer != nullptr
        && ggml_backend_buffer_get_type(op->src[0]->buffer) == weights_buffer_type();
}

template <class Group> void pack(ggml_tensor * tensor, const void * data) {
    const int64_t blocks    = tensor->ne[0] / BLOCK_SIZE;
    const size_t  row_bytes = ggml_row_size(tensor->type, tensor->ne[0]);
    auto * const  groups    = static_cast<Group *>(tensor->data);
    for (int64_t g = 0; g < tensor->ne[1] / matmul::ROWS_PER_GROUP; ++g) {
        matmul::pack(static_cast<const char *>(data) + g * matmul::ROWS_PER_GROUP * row_bytes, blocks, groups + g * blocks);
    }
}

void set_tensor(ggml_backend_buffer_t /*buffer*/, ggml_tensor * tensor, const void * data, size_t offset, size_t size) {
    if (offset != 0 || size != ggml_nbytes(tensor)) {
        throw std::logic_error("weights must be given as a whole");
    }
    if (tensor->type == GGML_TYPE_Q4_1) {
        pack<matmul::q4_1_group>(tensor, data);
    } else {
        pack<matmul::q8_0_group>(tensor, data);
    }
}

ggml_backend_buffer_t allocate(ggml_backend_buffer_type_t type, size_t size) {
    ggml_backend_buffer_t buffer = ggml_backend_buft_alloc_buffer(
            ggml_backend_dev_buffer_type(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU)), size);
    if (buffer != nullptr) {
        packed_bytes += static_cast<int64_t>(size);
        buffer->buft             = type;
        buffer->iface.set_tensor = set_tensor;
        buffer->iface.get_tensor = nullptr;
        buffer->iface.cpy_tensor = nullptr;
    }
    return buffer;
}

const char * name(ggml_backend_buffer_type_t /*type*/) {
    return "QUANTGATE";
}

size_t alignment(ggml_backend_buffer_type_t /*type*/) {
    return ALIGNMENT;
}

} // namespace

ggml_backend_buffer_type_t weights_buffer_type() {
    static ggml_backend_buffer_type type = {
        { name, allocate, alignment, nullptr, nullptr, nullptr },
        ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU),
        nullptr,
    };
    return &type;
}

bool is_product_supported(const ggml_tensor * op) {
    return is_ours(op) && is_packable(op->src[0]) && op->src[1]->type == GGML_TYPE_F32 && op->src[1]->nb[0] == sizeof(float)
        && (op->src[1]->buffer == nullptr || ggml_backend_buffer_is_host(op->src[1]->buffer));
}

ggml_tensor_traits * product_of(const ggml_tensor * op) {
    if (!is_ours(op)) {
        return nullptr;
    }
    return op->src[0]->type == GGML_TYPE_Q4_1 ? static_cast<ggml_tensor_traits *>(&product_q4_1) : &product_q8_0;
}

} // namespace quantgate

extern "C" {

int64_t qg_packed_bytes(void) {
    return quantgate::packed_bytes;
}

} // extern "C"
