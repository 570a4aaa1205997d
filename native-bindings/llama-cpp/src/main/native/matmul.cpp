#include "matmul.h"

#include <immintrin.h>

#include <cstring>

#define TARGET __attribute__((target("avx2,fma,f16c")))
#define INLINE_TARGET __attribute__((target("avx2,fma,f16c"), always_inline)) inline

namespace quantgate::matmul {

namespace {

// Values below this are taken for zero: 127 divided by them is no finite float.
constexpr float SMALLEST = 1e-36F;

INLINE_TARGET __m256i four_values(const int8_t * values) {
    int32_t four;
    memcpy(&four, values, sizeof(four));
    return _mm256_set1_epi32(four);
}

INLINE_TARGET __m256 floats(const uint16_t * halves) {
    return _mm256_cvtph_ps(_mm_load_si128(reinterpret_cast<const __m128i *>(halves)));
}

INLINE_TARGET __m256i bytes(const uint8_t * address) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(address));
}

// Sums over half a block of weights of four bits for N columns, in 16 bits: products of pairs are at most 2 * 15 * 127, so
// eight of them fit.
template <int N>
INLINE_TARGET void add_products(
        __m256i (&sums)[N], const __m256i (&weights)[4], const int8_t * quants, int64_t stride) {
    for (int c = 0; c < N; ++c) {
        const int8_t * const x = quants + c * stride;
        const __m256i first = _mm256_add_epi16(
                _mm256_maddubs_epi16(weights[0], four_values(x)), _mm256_maddubs_epi16(weights[1], four_values(x + 4)));
        const __m256i second = _mm256_add_epi16(
                _mm256_maddubs_epi16(weights[2], four_values(x + 8)), _mm256_maddubs_epi16(weights[3], four_values(x + 12)));
        sums[c] = _mm256_add_epi16(sums[c], _mm256_add_epi16(first, second));
    }
}

INLINE_TARGET void low_nibbles(const __m256i (&packed)[4], __m256i (&weights)[4]) {
    for (int p = 0; p < 4; ++p) {
        weights[p] = _mm256_and_si256(packed[p], _mm256_set1_epi8(15));
    }
}

INLINE_TARGET void high_nibbles(const __m256i (&packed)[4], __m256i (&weights)[4]) {
    for (int p = 0; p < 4; ++p) {
        weights[p] = _mm256_and_si256(_mm256_srli_epi16(packed[p], 4), _mm256_set1_epi8(15));
    }
}

template <int N>
INLINE_TARGET void add_block(
        const q4_1_group & group, const int8_t * quants, int64_t stride, const block_factors * factors, int64_t blocks,
        __m256 (&totals)[N]) {
    __m256i packed[4];
    __m256i weights[4];
    __m256i sums[N] = {};
    for (int p = 0; p < 4; ++p) {
        packed[p] = bytes(group.quants[p]);
    }
    low_nibbles(packed, weights);
    add_products<N>(sums, weights, quants, stride);
    high_nibbles(packed, weights);
    add_products<N>(sums, weights, quants + BLOCK_SIZE / 2, stride);

    const __m256 scale = floats(group.scale);
    const __m256 min   = floats(group.min);
    for (int c = 0; c < N; ++c) {
        const block_factors & x = factors[c * blocks];
        const __m256 dots = _mm256_cvtepi32_ps(_mm256_madd_epi16(sums[c], _mm256_set1_epi16(1)));
        totals[c] = _mm256_fmadd_ps(_mm256_mul_ps(scale, _mm256_broadcast_ss(&x.scale)), dots, totals[c]);
        totals[c] = _mm256_fmadd_ps(min, _mm256_broadcast_ss(&x.scaled_sum), totals[c]);
    }
}

// Weights of eight bits are multiplied as two of four.
template <int N>
INLINE_TARGET void add_block(
        const q8_0_group & group, const int8_t * quants, int64_t stride, const block_factors * factors, int64_t blocks,
        __m256 (&totals)[N]) {
    __m256i low[N]  = {};
    __m256i high[N] = {};
    for (int half = 0; half < 2; ++half) {
        __m256i packed[4];
        __m256i weights[4];
        for (int p = 0; p < 4; ++p) {
            packed[p] = bytes(group.quants[4 * half + p]);
        }
        low_nibbles(packed, weights);
        add_products<N>(low, weights, quants + half * BLOCK_SIZE / 2, stride);
        high_nibbles(packed, weights);
        add_products<N>(high, weights, quants + half * BLOCK_SIZE / 2, stride);
    }
    const __m256 scale = floats(group.scale);
    for (int c = 0; c < N; ++c) {
        const block_factors & x = factors[c * blocks];
        const __m256i ones  = _mm256_set1_epi16(1);
        const __m256i upper = _mm256_slli_epi32(_mm256_madd_epi16(high[c], ones), 4);
        const __m256i whole = _mm256_add_epi32(_mm256_madd_epi16(low[c], ones), upper);
        const __m256  dots  = _mm256_cvtepi32_ps(_mm256_sub_epi32(whole, _mm256_set1_epi32(x.offset)));
        totals[c] = _mm256_fmadd_ps(_mm256_mul_ps(scale, _mm256_broadcast_ss(&x.scale)), dots, totals[c]);
    }
}

template <int N, class Group>
TARGET void multiply_tile(const Group * groups, const columns & x, int64_t column, float * dst, int64_t dst_stride) {
    const int64_t               stride  = x.blocks * BLOCK_SIZE;
    const int8_t * const        quants  = x.quants + column * stride;
    const block_factors * const factors = x.factors + column * x.blocks;
    __m256                      totals[N];
    for (int c = 0; c < N; ++c) {
        totals[c] = _mm256_setzero_ps();
    }
    for (int64_t b = 0; b < x.blocks; ++b) {
        add_block<N>(groups[b], quants + b * BLOCK_SIZE, stride, factors + b, x.blocks, totals);
    }
    for (int c = 0; c < N; ++c) {
        _mm256_storeu_ps(dst + (column + c) * dst_stride, totals[c]);
    }
}

template <class Group>
void multiply_tiles(const Group * groups, const columns & x, int64_t from, int64_t to, float * dst, int64_t dst_stride) {
    int64_t column = from;
    for (; column + 4 <= to; column += 4) {
        multiply_tile<4>(groups, x, column, dst, dst_stride);
    }
    switch (to - column) {
        case 3: multiply_tile<3>(groups, x, column, dst, dst_stride); break;
        case 2: multiply_tile<2>(groups, x, column, dst, dst_stride); break;
        case 1: multiply_tile<1>(groups, x, column, dst, dst_stride); break;
        default: break;
    }
}

} // namespace

bool supported() {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

void pack(const void * rows, int64_t blocks_per_row, q4_1_group * groups) {
    const auto * const blocks = static_cast<const block_q4_1 *>(rows);
    for (int64_t b = 0; b < blocks_per_row; ++b) {
        for (int64_t r = 0; r < ROWS_PER_GROUP; ++r) {
            const block_q4_1 & block = blocks[r * blocks_per_row + b];
            groups[b].scale[r] = block.scale;
            groups[b].min[r]   = block.min;
            for (int p = 0; p < 4; ++p) {
                memcpy(groups[b].quants[p] + 4 * r, block.quants + 4 * p, 4);
            }
        }
    }
}

void pack(const void * rows, int64_t blocks_per_row, q8_0_group * groups) {
    const auto * const blocks = static_cast<const block_q8_0 *>(rows);
    for (int64_t b = 0; b < blocks_per_row; ++b) {
        for (int64_t r = 0; r < ROWS_PER_GROUP; ++r) {
            const block_q8_0 & block = blocks[r * blocks_per_row + b];
            groups[b].scale[r] = block.scale;
            for (int p = 0; p < 8; ++p) {
                uint32_t four;
                memcpy(&four, block.quants + 4 * p, sizeof(four));
                four ^= 0x80808080; // adds 128 to each
                memcpy(groups[b].quants[p] + 4 * r, &four, sizeof(four));
            }
        }
    }
}

TARGET void quantize(const columns & into, int64_t column, int64_t block, const float * values) {
    const __m256 sign = _mm256_set1_ps(-0.0F);
    __m256       v[4];
    __m256       largest = _mm256_setzero_ps();
    for (int i = 0; i < 4; ++i) {
        v[i]    = _mm256_loadu_ps(values + 8 * i);
        largest = _mm256_max_ps(largest, _mm256_andnot_ps(sign, v[i]));
    }
    __m128 four = _mm_max_ps(_mm256_castps256_ps128(largest), _mm256_extractf128_ps(largest, 1));
    four        = _mm_max_ps(four, _mm_movehl_ps(four, four));
    four        = _mm_max_ss(four, _mm_movehdup_ps(four));
    const float max     = _mm_cvtss_f32(four);
    const __m256 factor = _mm256_set1_ps(max >= SMALLEST ? 127.0F / max : 0.0F);
    __m256i q[4];
    for (int i = 0; i < 4; ++i) {
        q[i] = _mm256_cvtps_epi32(_mm256_mul_ps(v[i], factor));
    }
    __m256i sum8 = _mm256_add_epi32(_mm256_add_epi32(q[0], q[1]), _mm256_add_epi32(q[2], q[3]));
    __m128i sum4 = _mm_add_epi32(_mm256_castsi256_si128(sum8), _mm256_extracti128_si256(sum8, 1));
    sum4 = _mm_add_epi32(sum4, _mm_shuffle_epi32(sum4, 0x4E));
    sum4 = _mm_add_epi32(sum4, _mm_shuffle_epi32(sum4, 0xB1));
    // Packing works within halves of 16 bytes: fours of values come out as 0 2 4 6 1 3 5 7.
    const __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(q[0], q[1]), _mm256_packs_epi32(q[2], q[3]));
    const __m256i ordered = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    const int64_t at = column * into.blocks + block;
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(into.quants + at * BLOCK_SIZE), ordered);
    const float   scale = max / 127.0F;
    const int32_t total = _mm_cvtsi128_si32(sum4);
    into.factors[at] = {scale, scale * static_cast<float>(total), 128 * total};
}

void multiply(const q4_1_group * groups, const columns & x, int64_t from, int64_t to, float * dst, int64_t dst_stride) {
    multiply_tiles(groups, x, from, to, dst, dst_stride);
}

void multiply(const q8_0_group * groups, const columns & x, int64_t from, int64_t to, float * dst, int64_t dst_stride) {
    multiply_tiles(groups, x, from, to, dst, dst_stride);
}

} // namespace quantgate::matmul
