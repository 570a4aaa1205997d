#include "convert.h"

#include "blocks.h"

#include <immintrin.h>

#include <cstring>

// Without FMA: a product that is added must be rounded first, as ggml does.
#define TARGET __attribute__((target("avx2,f16c")))

namespace quantgate::convert {

namespace {

bool is_supported() {
    static const bool supported = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c");
    return supported;
}

TARGET __m256 scaled(__m128i quants, __m256 scale, __m256 min) {
    const __m256 values = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(quants));
    return _mm256_add_ps(_mm256_mul_ps(values, scale), min);
}

TARGET void floats_of_q4_1(const block_q4_1 * blocks, float * floats, int64_t n_blocks) {
    const __m128i nibble = _mm_set1_epi8(15);
    for (int64_t b = 0; b < n_blocks; ++b, floats += BLOCK_SIZE) {
        const __m256  scale  = _mm256_set1_ps(_cvtsh_ss(blocks[b].scale));
        const __m256  min    = _mm256_set1_ps(_cvtsh_ss(blocks[b].min));
        const __m128i packed = _mm_loadu_si128(reinterpret_cast<const __m128i *>(blocks[b].quants));
        const __m128i low    = _mm_and_si128(packed, nibble);
        const __m128i high   = _mm_and_si128(_mm_srli_epi16(packed, 4), nibble);
        _mm256_storeu_ps(floats, scaled(low, scale, min));
        _mm256_storeu_ps(floats + 8, scaled(_mm_srli_si128(low, 8), scale, min));
        _mm256_storeu_ps(floats + 16, scaled(high, scale, min));
        _mm256_storeu_ps(floats + 24, scaled(_mm_srli_si128(high, 8), scale, min));
    }
}

TARGET void floats_of_f16(const uint16_t * halves, float * floats, int64_t n) {
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        _mm256_storeu_ps(floats + i, _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(halves + i))));
    }
    for (; i < n; ++i) {
        floats[i] = _cvtsh_ss(halves[i]);
    }
}

// Halves are rounded away from zero: what is just below one half must not be lifted to one by the addition.
TARGET __m256i rounded(__m256 values) {
    const __m256 sign = _mm256_and_ps(values, _mm256_set1_ps(-0.0F));
    return _mm256_cvttps_epi32(_mm256_add_ps(values, _mm256_or_ps(sign, _mm256_set1_ps(0.49999997F))));
}

TARGET void quantize_q8_0(const float * floats, block_q8_0 * blocks, int64_t n_blocks) {
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    for (int64_t b = 0; b < n_blocks; ++b, floats += BLOCK_SIZE) {
        __m256 v[4];
        __m256 largest = _mm256_setzero_ps();
        for (int i = 0; i < 4; ++i) {
            v[i]    = _mm256_loadu_ps(floats + 8 * i);
            largest = _mm256_max_ps(largest, _mm256_andnot_ps(_mm256_set1_ps(-0.0F), v[i]));
        }
        __m128 four = _mm_max_ps(_mm256_castps256_ps128(largest), _mm256_extractf128_ps(largest, 1));
        four        = _mm_max_ps(four, _mm_movehl_ps(four, four));
        four        = _mm_max_ss(four, _mm_movehdup_ps(four));
        const float scale   = _mm_cvtss_f32(four) / 127;
        const float inverse = scale != 0 ? 1.0F / scale : 0.0F;
        __m256i q[4];
        for (int i = 0; i < 4; ++i) {
            q[i] = rounded(_mm256_mul_ps(v[i], _mm256_set1_ps(inverse)));
        }
        const __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(q[0], q[1]), _mm256_packs_epi32(q[2], q[3]));
        blocks[b].scale = static_cast<uint16_t>(_cvtss_sh(scale, _MM_FROUND_TO_NEAREST_INT));
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(blocks[b].quants), _mm256_permutevar8x32_epi32(bytes, order));
    }
}

} // namespace

bool to_floats(ggml_type from, const void * rows, float * floats, int64_t n) {
    if (!is_supported()) {
        return false;
    }
    switch (from) {
        case GGML_TYPE_F16: floats_of_f16(static_cast<const uint16_t *>(rows), floats, n); return true;
        case GGML_TYPE_Q4_1: floats_of_q4_1(static_cast<const block_q4_1 *>(rows), floats, n / BLOCK_SIZE); return true;
        default: return false;
    }
}

bool quantize(ggml_type to, const float * floats, void * rows, int64_t n) {
    if (!is_supported() || to != GGML_TYPE_Q8_0) {
        return false;
    }
    quantize_q8_0(floats, static_cast<block_q8_0 *>(rows), n / BLOCK_SIZE);
    return true;
}

} // namespace quantgate::convert
