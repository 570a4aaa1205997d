// Blocks of quantised weights as they lie in a model's file.
#pragma once

#include <cstdint>

namespace quantgate {

constexpr int64_t BLOCK_SIZE = 32;

struct block_q4_1 {
    uint16_t scale; // float16
    uint16_t min;   // float16
    // Low nibbles are the first half of the values, high ones the second.
    uint8_t quants[BLOCK_SIZE / 2];
};

struct block_q8_0 {
    uint16_t scale; // float16
    int8_t   quants[BLOCK_SIZE];
};

} // namespace quantgate
