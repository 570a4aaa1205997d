#include "quantgate.h"
#include "convert.h"
#include "quantize_files.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace {

using quantgate::file;
using quantgate::layout;
using quantgate::parse_plan;
using quantgate::planned_tensor;

// A piece of work: its rows as floats, and what they become, stay within a core's own cache.
constexpr int64_t CHUNK_ELEMENTS = 32 * 1024;

// So much finished output is handed to the disk at a time, beside the work, so that a later fsync finds little to do.
constexpr int64_t WRITEBACK_BYTES = 8 << 20;

// Column weights by tensor; the arrays stay with the caller.
class importance {
public:
    explicit importance(const llama_model_imatrix_data * entries) {
        for (; entries != nullptr && entries->name != nullptr; ++entries) {
            if (!std::all_of(entries->data, entries->data + entries->size, [](float value) { return std::isfinite(value); })) {
                throw std::runtime_error("the imatrix contains a value that is not finite");
            }
            rows.emplace(entries->name, entries);
        }
    }

    // One row of weights for each matrix of the tensor, one after the other; null when there are none for it.
    const float * of(const ggml_tensor & tensor) const {
        const auto found = rows.find(tensor.name);
        if (found == rows.end()) {
            return nullptr;
        }
        const int64_t expected = tensor.ne[0] * tensor.ne[2];
        if (static_cast<int64_t>(found->second->size) == expected && tensor.ne[3] == 1) {
            return found->second->data;
        }
        if (is_embedding(tensor.name)) {
            return nullptr;
        }
        throw std::runtime_error(
                std::string("imatrix size ") + std::to_string(found->second->size) + " for " + tensor.name + " (expected: " +
                std::to_string(expected) + ")");
    }

    static bool is_embedding(const std::string & name) {
        return name == "token_embd.weight" || name == "per_layer_token_embd.weight";
    }

private:
    std::unordered_map<std::string, const llama_model_imatrix_data *> rows;
};

// Types that are noise without an importance matrix, except for the matrices at both ends of the model.
bool is_worthless_without_imatrix(const planned_tensor & tensor, llama_ftype ftype) {
    if (importance::is_embedding(tensor.name) || tensor.name == "output.weight") {
        return false;
    }
    switch (tensor.to) {
        case GGML_TYPE_IQ3_XXS:
        case GGML_TYPE_IQ2_XXS:
        case GGML_TYPE_IQ2_XS:
        case GGML_TYPE_IQ2_S:
        case GGML_TYPE_IQ1_M:
        case GGML_TYPE_IQ1_S: return true;
        case GGML_TYPE_Q2_K: return ftype == LLAMA_FTYPE_MOSTLY_Q2_K_S;
        default: return false;
    }
}

// Throws unless rows of this type can be made floats.
void require_convertible(ggml_type type, bool allow_requantize) {
    if (ggml_is_quantized(type) && !allow_requantize) {
        throw std::runtime_error(std::string("requantizing from type ") + ggml_type_name(type) + " is disabled");
    }
    if (type != GGML_TYPE_F32 && ggml_get_type_traits(type)->to_float == nullptr) {
        throw std::runtime_error(std::string("tensors of type ") + ggml_type_name(type) + " cannot be converted");
    }
}

struct chunk {
    size_t  tensor; // index in the plan
    int64_t first_row;
    int64_t rows;
};

// What every chunk of a tensor needs to know.
struct tensor_job {
    ggml_type           from;
    ggml_type           to;
    int64_t             columns;
    int64_t             rows_per_matrix;
    int64_t             source_offset;
    int64_t             target_offset;
    int64_t             from_bytes;
    int64_t             to_bytes;
    const float *       weights;
    std::atomic<size_t> chunks_left{0};
};

// Cuts tensors into chunks that any thread reads, converts and writes at their place: no step waits for another one,
// and the rows come out as llama_model_quantize makes them, because each row is made on its own.
class pipeline {
public:
    pipeline(const char * source, const char * target, const std::vector<planned_tensor> & plan, const llama_model_quantize_params & params)
        : plan(plan), files(source, plan, params.ftype), in(source, O_RDONLY), out(target, O_RDWR | O_CREAT | O_TRUNC),
          jobs(plan.size()) {
        const importance weights(params.imatrix);
        for (size_t i = 0; i < jobs.size(); ++i) {
            add_tensor(i, weights, params);
        }
        out.write(files.header.data(), files.header.size(), 0);
    }

    // Works on the calling thread and n_threads - 1 others; the listener is called on the calling thread, in order.
    // False if it, or the flag, stopped the work.
    bool run(int n_threads, qg_quantize_listener listener, const std::atomic<int32_t> * cancel) {
        std::vector<std::thread> threads;
        const auto               joined = [&threads] {
            for (auto & thread : threads) {
                thread.join();
            }
        };
        try {
            for (int i = 1; i < n_threads; ++i) {
                threads.emplace_back([this] { work_quietly(); });
            }
            buffers mine;
            while (!stop && step(mine)) {
                report(listener, cancel);
            }
        } catch (...) {
            fail(std::current_exception());
        }
        joined();
        if (failure) {
            std::rethrow_exception(failure);
        }
        report(listener, cancel);
        return !cancelled;
    }

private:
    struct buffers {
        std::vector<uint8_t> source;
        std::vector<float>   floats;
        std::vector<uint8_t> target;
    };

    void add_tensor(size_t index, const importance & weights, const llama_model_quantize_params & params) {
        const planned_tensor & planned = plan[index];
        const ggml_tensor &    tensor  = files.tensor(planned);
        tensor_job &           job     = jobs[index];
        job.from            = tensor.type;
        job.to              = planned.to;
        job.columns         = tensor.ne[0];
        job.rows_per_matrix = tensor.ne[1];
        job.source_offset   = files.source_offset(planned);
        job.target_offset   = files.target_offset(index);
        job.from_bytes      = static_cast<int64_t>(ggml_nbytes(&tensor));
        job.to_bytes        = static_cast<int64_t>(ggml_row_size(job.to, job.columns)) * ggml_nrows(&tensor);
        job.weights         = nullptr;
        if (job.from != job.to) {
            job.weights = weights.of(tensor);
            if (job.weights == nullptr && is_worthless_without_imatrix(planned, params.ftype)) {
                throw std::runtime_error("tensor " + planned.name + " requires an imatrix");
            }
            require_convertible(job.from, params.allow_requantize);
        }
        const int64_t rows      = ggml_nrows(&tensor);
        const int64_t per_chunk = std::max<int64_t>(1, CHUNK_ELEMENTS / std::max<int64_t>(1, job.columns));
        for (int64_t row = 0; row < rows;) {
            // All rows of a chunk have the same weights.
            const int64_t in_matrix = job.rows_per_matrix - row % job.rows_per_matrix;
            const int64_t count     = std::min({per_chunk, in_matrix, rows - row});
            chunks.push_back({index, row, count});
            job.chunks_left.fetch_add(1, std::memory_order_relaxed);
            row += count;
        }
    }

    void work_quietly() {
        try {
            buffers mine;
            while (!stop && step(mine)) {
            }
        } catch (...) {
            fail(std::current_exception());
        }
    }

    bool step(buffers & mine) {
        const size_t index = next.fetch_add(1, std::memory_order_relaxed);
        if (index >= chunks.size()) {
            return false;
        }
        convert_chunk(chunks[index], mine);
        jobs[chunks[index].tensor].chunks_left.fetch_sub(1, std::memory_order_release);
        return true;
    }

    void convert_chunk(const chunk & part, buffers & mine) const {
        const tensor_job & job       = jobs[part.tensor];
        const size_t       from_row  = ggml_row_size(job.from, job.columns);
        const size_t       to_row    = ggml_row_size(job.to, job.columns);
        const size_t       from_size = from_row * part.rows;
        mine.source.resize(from_size);
        in.read(mine.source.data(), from_size, job.source_offset + static_cast<int64_t>(from_row) * part.first_row);
        require_valid(job.from, mine.source.data(), from_size, part, "has invalid data");
        const uint8_t * result = mine.source.data();
        if (job.from != job.to) {
            mine.target.resize(to_row * part.rows);
            const float * weights =
                    job.weights == nullptr ? nullptr : job.weights + part.first_row / job.rows_per_matrix * job.columns;
            const float * values = floats(job, part, mine);
            if (!quantgate::convert::quantize(job.to, values, mine.target.data(), part.rows * job.columns)) {
                ggml_quantize_chunk(job.to, values, mine.target.data(), 0, part.rows, job.columns, weights);
            }
            require_valid(job.to, mine.target.data(), mine.target.size(), part, "became invalid data");
            result = mine.target.data();
        }
        out.write(result, to_row * part.rows, job.target_offset + static_cast<int64_t>(to_row) * part.first_row);
    }

    static const float * floats(const tensor_job & job, const chunk & part, buffers & mine) {
        if (job.from == GGML_TYPE_F32) {
            return reinterpret_cast<const float *>(mine.source.data());
        }
        const int64_t count = part.rows * job.columns;
        mine.floats.resize(static_cast<size_t>(count));
        if (!quantgate::convert::to_floats(job.from, mine.source.data(), mine.floats.data(), count)) {
            ggml_get_type_traits(job.from)->to_float(mine.source.data(), mine.floats.data(), count);
        }
        return mine.floats.data();
    }

    void require_valid(ggml_type type, const void * data, size_t size, const chunk & part, const char * fault) const {
        if (!ggml_validate_row_data(type, data, size)) {
            throw std::runtime_error("tensor " + plan[part.tensor].name + " " + fault);
        }
    }

    // Tells of the tensors that are done, up to the first that is not.
    void report(qg_quantize_listener listener, const std::atomic<int32_t> * cancel) {
        for (; !stop && reported < jobs.size() && jobs[reported].chunks_left.load(std::memory_order_acquire) == 0; ++reported) {
            const tensor_job & job     = jobs[reported];
            const bool         goes_on = listener == nullptr
                || listener(static_cast<int32_t>(reported + 1), static_cast<int32_t>(jobs.size()), plan[reported].name.c_str(),
                            ggml_type_name(job.from), ggml_type_name(job.to), job.from_bytes, job.to_bytes);
            if (!goes_on || is_set(cancel)) {
                cancelled = true;
                stop      = true;
            }
        }
        const int64_t done = reported == 0 ? 0 : jobs[reported - 1].target_offset + jobs[reported - 1].to_bytes;
        if (done - written_back >= WRITEBACK_BYTES) {
            out.start_writeback(written_back, done);
            written_back = done;
        }
        if (!stop && reported < jobs.size() && is_set(cancel)) {
            cancelled = true;
            stop      = true;
        }
    }

    static bool is_set(const std::atomic<int32_t> * cancel) {
        return cancel != nullptr && cancel->load(std::memory_order_relaxed) != 0;
    }

    void fail(std::exception_ptr thrown) {
        const std::lock_guard<std::mutex> lock(failure_lock);
        if (!failure) {
            failure = std::move(thrown);
        }
        stop = true;
    }

    const std::vector<planned_tensor> & plan;
    const layout            files;
    const file              in;
    const file              out;
    std::vector<tensor_job> jobs;
    std::vector<chunk>      chunks;
    std::atomic<size_t>     next{0};
    std::atomic<bool>       stop{false};
    size_t                  reported     = 0;
    int64_t                 written_back = 0;
    bool                    cancelled    = false;
    std::mutex              failure_lock;
    std::exception_ptr      failure;
};

} // namespace

extern "C" int32_t qg_quantize(
        const char * source, const char * target, const struct llama_model_quantize_params * params, const char * plan,
        qg_quantize_listener listener, int64_t cancel) {
    const std::vector<planned_tensor> tensors = parse_plan(plan);
    const bool done = pipeline(source, target, tensors, *params)
                          .run(params->nthread, listener, reinterpret_cast<const std::atomic<int32_t> *>(cancel));
    return done ? QG_QUANTIZE_OK : QG_QUANTIZE_CANCELLED;
}
