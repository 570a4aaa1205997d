#include "cpu_kernels.h"

#include "attention.h"

#include <algorithm>
#include <cstring>

namespace quantgate {

namespace {

constexpr int64_t MAX_HEAD_SIZE = 256;

// Fewer units of work than this for each thread are cut at the spans of the lists.
constexpr int64_t UNITS_PER_THREAD = 4;

constexpr size_t CACHE_LINE = 64;

size_t padded(size_t bytes) {
    return (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
}

// Sizes of one operation; queries of several streams, each with a KV cache of its own, may be computed at once.
struct shape {
    explicit shape(const ggml_tensor * op, int64_t n_threads)
        : rows(op->src[0]->ne[1]), streams(op->src[0]->ne[3]), heads(op->src[0]->ne[2]), kv_heads(op->src[1]->ne[2]),
          cells(op->src[1]->ne[1]), key_size(op->src[1]->ne[0]), value_size(op->src[2]->ne[0]) {
        group      = heads / kv_heads;
        words      = cells / 64;
        is_split   = rows * streams * kv_heads < UNITS_PER_THREAD * n_threads;
        spans      = is_split ? (cells + attention::SPAN_CELLS - 1) / attention::SPAN_CELLS : 1;
        tile_rows  = is_split ? 1 : std::max<int64_t>(1, attention::MAX_QUERIES / group);
    }

    int64_t rows; // of each stream
    int64_t streams;
    int64_t heads;
    int64_t kv_heads;
    int64_t cells;
    int64_t key_size;
    int64_t value_size;
    int64_t group;     // heads that share keys and values
    int64_t words;     // 64 cells each
    bool    is_split;  // each span is a unit of work
    int64_t spans;     // of a unit that is not split: 1
    int64_t tile_rows; // most rows in a unit
};

// What lies in the memory that ggml gives an operation.
struct workspace {
    workspace(const shape & s, int64_t n_threads, void * memory) {
        auto * at = static_cast<char *>(memory);
        bits      = take<uint64_t>(at, s.rows * s.streams * s.words);
        counts    = take<int64_t>(at, s.rows * s.streams);
        partials  = take<float>(
                at, s.is_split ? s.rows * s.streams * s.kv_heads * s.spans * attention::partial::floats(s.group, s.value_size)
                               : 0);
        threads      = at;
        thread_bytes = scratch_bytes(s);
        bytes        = static_cast<size_t>(at - static_cast<char *>(memory)) + thread_bytes * n_threads;
    }

    // Of one thread.
    struct scratch {
        float *            queries;
        uint32_t *         list;
        int32_t *          seen;
        attention::partial total;
        attention::partial span;
    };

    scratch of_thread(const shape & s, int ith) const {
        char *        at = threads + thread_bytes * ith;
        const int64_t n  = s.tile_rows * s.group;
        scratch       result;
        result.queries = take<float>(at, n * s.key_size);
        result.list    = take<uint32_t>(at, attention::SPAN_CELLS);
        result.seen    = take<int32_t>(at, n);
        result.total   = attention::partial::in(take<float>(at, attention::partial::floats(n, s.value_size)), n);
        result.span    = attention::partial::in(take<float>(at, attention::partial::floats(n, s.value_size)), n);
        return result;
    }

    uint64_t * bits;
    int64_t *  counts;
    float *    partials;
    char *     threads;
    size_t     thread_bytes;
    size_t     bytes;

private:
    template <class T> static T * take(char *& at, size_t n) {
        auto * const result = reinterpret_cast<T *>(at);
        at += padded(n * sizeof(T));
        return result;
    }

    static size_t scratch_bytes(const shape & s) {
        const size_t n = s.tile_rows * s.group;
        return padded(n * s.key_size * sizeof(float)) + padded(attention::SPAN_CELLS * sizeof(uint32_t))
            + padded(n * sizeof(int32_t)) + 2 * padded(attention::partial::floats(n, s.value_size) * sizeof(float));
    }
};

// What ggml's own code needs for the operation, at most: it takes over when a mask has other values than 0 and -inf.
size_t stock_bytes(const shape & s, int64_t n_threads) {
    constexpr int64_t tile = 64;
    const int64_t tiled = n_threads * (2 * tile * s.key_size + 2 * tile * tile + 2 * tile * s.value_size + 64);
    const int64_t split = s.heads * n_threads * (2 + s.value_size) + n_threads * (s.key_size + 2 * s.value_size + 64);
    return sizeof(float) * std::max(tiled, split);
}

class attention_op : public ggml_tensor_traits {
public:
    bool work_size(int n_threads, const ggml_tensor * op, size_t & size) override {
        const shape s(op, n_threads);
        size = std::max(workspace(s, n_threads, nullptr).bytes, stock_bytes(s, n_threads));
        return true;
    }

    bool compute_forward(ggml_compute_params * params, ggml_tensor * op) override {
        const shape     s(op, params->nth);
        const workspace memory(s, params->nth, params->wdata);

        look(params, op, s, memory);
        if (params->ith == 0) {
            cpu.chunk_set(params->threadpool, params->nth);
        }
        cpu.barrier(params->threadpool);
        if (std::any_of(memory.counts, memory.counts + s.rows * s.streams, [](int64_t count) { return count < 0; })) {
            // Nobody may write over what the others still look at.
            cpu.barrier(params->threadpool);
            return false;
        }
        compute(params, op, s, memory);
        if (s.is_split) {
            cpu.barrier(params->threadpool);
            merge(params, op, s, memory);
        }
        return true;
    }

private:
    // Which cells does each row see?
    static void look(const ggml_compute_params * params, const ggml_tensor * op, const shape & s, const workspace & memory) {
        const ggml_tensor * const mask = op->src[3];
        const int64_t total = s.rows * s.streams;
        const int64_t end   = total * (params->ith + 1) / params->nth;
        for (int64_t row = total * params->ith / params->nth; row < end; ++row) {
            const char * const at = static_cast<const char *>(mask->data) + row % s.rows * mask->nb[1]
                + row / s.rows % mask->ne[3] * mask->nb[3];
            memory.counts[row] = attention::visible(
                    reinterpret_cast<const uint16_t *>(at), s.cells, memory.bits + row * s.words);
        }
    }

    // Whether a row sees what the one before it does, and maybe more behind that.
    static bool extends(const shape & s, const workspace & memory, int64_t row) {
        const uint64_t * const bits   = memory.bits + row * s.words;
        const uint64_t * const before = bits - s.words;
        int64_t                last   = s.words - 1;
        while (last >= 0 && before[last] == 0) {
            --last;
        }
        if (last < 0 || memcmp(bits, before, last * sizeof(uint64_t)) != 0) {
            return false;
        }
        const uint64_t up_to_last = ~uint64_t{0} >> __builtin_clzll(before[last]);
        return (bits[last] & up_to_last) == before[last];
    }

    // Units of work are tiles of rows, heads within them, and spans if the operation is split. All threads count them in
    // the same way; each computes those whose number it was given.
    static void compute(const ggml_compute_params * params, ggml_tensor * op, const shape & s, const workspace & memory) {
        const auto    scratch = memory.of_thread(s, params->ith);
        const int64_t total   = s.rows * s.streams;
        int64_t       first   = 0; // unit of the tile
        int64_t       next    = params->ith;
        for (int64_t row = 0; row < total;) {
            int64_t end = row + 1;
            while (end < total && end - row < s.tile_rows && end % s.rows != 0 && extends(s, memory, end)) {
                ++end;
            }
            const int64_t units = s.kv_heads * s.spans;
            for (; next < first + units; next = cpu.chunk_add(params->threadpool, 1)) {
                const int64_t unit = next - first;
                compute(op, s, memory, scratch, row, end, unit / s.spans, unit % s.spans);
            }
            first += units;
            row = end;
        }
    }

    static void compute(
            const ggml_tensor * op, const shape & s, const workspace & memory, const workspace::scratch & scratch,
            int64_t row, int64_t end, int64_t kv_head, int64_t span) {
        const int64_t  stream = row / s.rows;
        const auto     head   = head_of(op, s, stream, kv_head);
        const int64_t  n      = (end - row) * s.group;
        const uint64_t * bits  = memory.bits + (end - 1) * s.words;
        const int64_t  count  = memory.counts[end - 1];
        read_queries(op, s, row, end, kv_head, scratch.queries);

        const auto one = [&](int64_t from, const attention::partial & result) {
            const int64_t to = std::min(from + attention::SPAN_CELLS, count);
            attention::cells(bits, from, to, scratch.list);
            for (int64_t q = 0; q < n; ++q) {
                scratch.seen[q] = static_cast<int32_t>(std::clamp<int64_t>(memory.counts[row + q / s.group] - from, 0, to - from));
            }
            attention::span(head, scratch.queries, n, scratch.list, to - from, scratch.seen, result);
        };
        if (s.is_split) {
            if (span * attention::SPAN_CELLS < count) {
                one(span * attention::SPAN_CELLS, slot(s, memory, row, kv_head, span));
            }
            return;
        }
        start(scratch.total, n, s);
        for (int64_t from = 0; from < count; from += attention::SPAN_CELLS) {
            one(from, scratch.span);
            attention::merge(scratch.total, scratch.span, n, s.value_size);
        }
        for (int64_t q = 0; q < n; ++q) {
            attention::finish(scratch.total, q, s.value_size, output(op, s, row + q / s.group, kv_head * s.group + q % s.group));
        }
    }

    static void merge(const ggml_compute_params * params, ggml_tensor * op, const shape & s, const workspace & memory) {
        const auto scratch = memory.of_thread(s, params->ith);
        for (int64_t i = params->ith; i < s.rows * s.streams * s.kv_heads; i += params->nth) {
            const int64_t row     = i / s.kv_heads;
            const int64_t kv_head = i % s.kv_heads;
            start(scratch.total, s.group, s);
            for (int64_t span = 0; span * attention::SPAN_CELLS < memory.counts[row]; ++span) {
                attention::merge(scratch.total, slot(s, memory, row, kv_head, span), s.group, s.value_size);
            }
            for (int64_t q = 0; q < s.group; ++q) {
                attention::finish(scratch.total, q, s.value_size, output(op, s, row, kv_head * s.group + q));
            }
        }
    }

    static void start(const attention::partial & total, int64_t n, const shape & s) {
        std::fill(total.sums, total.sums + n, 0.0F);
        std::fill(total.values, total.values + n * s.value_size, 0.0F);
        std::fill(total.largest, total.largest + n, 0.0F);
    }

    static attention::partial slot(const shape & s, const workspace & memory, int64_t row, int64_t kv_head, int64_t span) {
        const int64_t index = (row * s.kv_heads + kv_head) * s.spans + span;
        return attention::partial::in(
                memory.partials + index * attention::partial::floats(s.group, s.value_size), s.group);
    }

    static attention::head head_of(const ggml_tensor * op, const shape & s, int64_t stream, int64_t kv_head) {
        const ggml_tensor * const k = op->src[1];
        const ggml_tensor * const v = op->src[2];
        return {
            static_cast<const char *>(k->data) + kv_head * k->nb[2] + stream * k->nb[3],
            static_cast<const char *>(v->data) + kv_head * v->nb[2] + stream * v->nb[3],
            static_cast<int64_t>(k->nb[1]), static_cast<int64_t>(v->nb[1]), s.key_size, s.value_size,
        };
    }

    static void read_queries(
            const ggml_tensor * op, const shape & s, int64_t row, int64_t end, int64_t kv_head, float * queries) {
        const ggml_tensor * const q = op->src[0];
        float scale;
        memcpy(&scale, op->op_params, sizeof(scale));
        for (; row < end; ++row) {
            for (int64_t h = 0; h < s.group; ++h, queries += s.key_size) {
                const auto * const from = reinterpret_cast<const float *>(
                        static_cast<const char *>(q->data) + row % s.rows * q->nb[1] + (kv_head * s.group + h) * q->nb[2]
                        + row / s.rows * q->nb[3]);
                std::transform(from, from + s.key_size, queries, [scale](float value) { return value * scale; });
            }
        }
    }

    static float * output(const ggml_tensor * op, const shape & s, int64_t row, int64_t head) {
        return reinterpret_cast<float *>(static_cast<char *>(op->data) + (row * s.heads + head) * op->nb[1]);
    }
};

attention_op attention_kernel;

bool is_supported(const ggml_tensor * op) {
    const ggml_tensor * const q    = op->src[0];
    const ggml_tensor * const k    = op->src[1];
    const ggml_tensor * const v    = op->src[2];
    const ggml_tensor * const mask = op->src[3];
    float options[3];
    memcpy(options, op->op_params, sizeof(options));
    const bool is_plain = options[1] == 0 && options[2] == 0 && op->src[4] == nullptr; // neither ALiBi, soft cap nor sinks
    return is_plain && mask != nullptr && mask->type == GGML_TYPE_F16 && mask->ne[2] == 1 && mask->ne[1] >= q->ne[1]
        && (mask->ne[3] == 1 || mask->ne[3] == q->ne[3]) && mask->nb[0] == sizeof(uint16_t)
        && q->type == GGML_TYPE_F32 && q->nb[0] == sizeof(float) && k->type == GGML_TYPE_F16 && v->type == GGML_TYPE_F16
        && k->nb[0] == sizeof(uint16_t) && v->nb[0] == sizeof(uint16_t) && k->ne[3] == q->ne[3] && v->ne[3] == q->ne[3]
        && k->ne[2] == v->ne[2] && q->ne[2] % k->ne[2] == 0 && q->ne[2] / k->ne[2] <= attention::MAX_QUERIES
        && k->ne[0] % 8 == 0 && k->ne[0] <= MAX_HEAD_SIZE && v->ne[0] % 32 == 0 && v->ne[0] <= MAX_HEAD_SIZE
        && k->ne[1] % 64 == 0;
}

} // namespace

ggml_tensor_traits * attention_of(const ggml_tensor * op) {
    return is_supported(op) ? &attention_kernel : nullptr;
}

} // namespace quantgate
