// Products of quantised matrices with float ones, for processors with AVX2. Eight rows lie beside each other, so that one
// instruction works on all of them and a sum needs no adding across lanes. What comes out for a row and a column does not
// depend on how many columns there are.
#pragma once

#include "blocks.h"

#include <cstddef>
#include <cstdint>

namespace quantgate::matmul {

constexpr int64_t ROWS_PER_GROUP = 8;

// One block of each of eight rows of Q4_1: value = scale * quant + min.
struct alignas(32) q4_1_group {
    uint16_t scale[ROWS_PER_GROUP]; // float16
    uint16_t min[ROWS_PER_GROUP];   // float16
    // Four bytes of each row beside each other. Low nibbles are values 4p to 4p + 3 of a block, high ones those 16 later.
    uint8_t quants[4][4 * ROWS_PER_GROUP];
};

// One block of each of eight rows of Q8_0: value = scale * quant.
struct alignas(16) q8_0_group {
    uint16_t scale[ROWS_PER_GROUP]; // float16
    // Four values of each row beside each other, plus 128.
    uint8_t quants[8][4 * ROWS_PER_GROUP];
};

// Whether the kernels below can run on this processor.
bool supported();

// Packs eight rows of blocks, which lie one after the other.
void pack(const void * rows, int64_t blocks_per_row, q4_1_group * groups);
void pack(const void * rows, int64_t blocks_per_row, q8_0_group * groups);

struct block_factors {
    float   scale;
    float   scaled_sum; // scale * sum(quants)
    int32_t offset;     // 128 * sum(quants)
};

// Columns of activations in eight bits, block by block: value = scale * quant.
struct columns {
    int8_t *        quants;
    block_factors * factors;
    int64_t         blocks; // of a column

    static size_t bytes(int64_t n_columns, int64_t n_blocks) {
        return n_columns * n_blocks * (BLOCK_SIZE + sizeof(block_factors));
    }

    // In memory of at least that many bytes, aligned to 32.
    static columns in(void * memory, int64_t n_columns, int64_t n_blocks) {
        auto * const quants = static_cast<int8_t *>(memory);
        return {quants, reinterpret_cast<block_factors *>(quants + n_columns * n_blocks * BLOCK_SIZE), n_blocks};
    }
};

// Quantises block number `block` of a column from its values.
void quantize(const columns & into, int64_t column, int64_t block, const float * values);

// One group of rows times columns [from, to): eight floats at dst + column * dst_stride for each.
void multiply(const q4_1_group * groups, const columns & x, int64_t from, int64_t to, float * dst, int64_t dst_stride);
void multiply(const q8_0_group * groups, const columns & x, int64_t from, int64_t to, float * dst, int64_t dst_stride);

} // namespace quantgate::matmul
