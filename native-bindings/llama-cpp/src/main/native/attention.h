// Attention over cached keys and values in float16, for processors with AVX2.
//
// A row of a batch sees a list of cells: those whose mask is not minus infinity, in ascending order. Only these cost
// anything, wherever they lie, and what a row yields depends on nothing but its query and the keys and values on its
// list: neither on rows beside it, nor on the cells between, nor on the number of threads. Lists are gone through in
// spans of a fixed length, each with a softmax of its own; spans are merged in order.
#pragma once

#include <cstddef>
#include <cstdint>

namespace quantgate::attention {

constexpr int64_t SPAN_CELLS = 256;

// Queries that share a head of keys and values are computed together; at most so many.
constexpr int64_t MAX_QUERIES = 32;

struct head {
    const char * keys;        // of the first cell; float16
    const char * values;
    int64_t      key_stride;   // bytes from cell to cell
    int64_t      value_stride;
    int64_t      key_size;     // elements, a multiple of 8
    int64_t      value_size;   // elements, a multiple of 32
};

// What a span adds up to, for some queries: largest score, sum of exponentials and sum of values for each of them.
struct partial {
    float * largest;
    float * sums;
    float * values; // value_size for each query

    static size_t floats(int64_t n_queries, int64_t value_size) {
        return n_queries * (value_size + 2);
    }

    static partial in(float * memory, int64_t n_queries) {
        return {memory, memory + n_queries, memory + 2 * n_queries};
    }
};

bool supported();

// One bit for each of n_cells of a row's mask (float16): set if the cell is seen. Returns how many are, or -1 if there is a
// mask that is neither zero nor minus infinity. n_cells is a multiple of 64.
int64_t visible(const uint16_t * mask, int64_t n_cells, uint64_t * bits);

// The numbers of the set bits from `from`-th to `to`-th one.
void cells(const uint64_t * bits, int64_t from, int64_t to, uint32_t * list);

// Computes a span: n_cells of the list, of which query q sees the first seen[q]. Queries are scaled already.
void span(
        const head & head, const float * queries, int64_t n_queries, const uint32_t * list, int64_t n_cells,
        const int32_t * seen, const partial & result);

// Adds a span to those before it.
void merge(const partial & total, const partial & span, int64_t n_queries, int64_t value_size);

// Writes the mean of the values of one query.
void finish(const partial & total, int64_t query, int64_t value_size, float * output);

} // namespace quantgate::attention
