#include "attention.h"

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <limits>

#define TARGET __attribute__((target("avx2,fma,f16c,bmi,popcnt")))
#define INLINE_TARGET __attribute__((target("avx2,fma,f16c,bmi,popcnt"), always_inline)) inline

namespace quantgate::attention {

namespace {

constexpr int64_t  TILE_CELLS     = 32;
constexpr uint16_t MINUS_INFINITY = 0xFC00;
constexpr float    NOTHING        = -std::numeric_limits<float>::infinity();
constexpr float    UNSCALED       = 1;

INLINE_TARGET __m256 halves(const char * address) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(address)));
}

// e to the power of x for x <= 0, below 2 units in the last place off; zero where x is below -87.
INLINE_TARGET __m256 exponential(__m256 x) {
    const __m256 n = _mm256_round_ps(
            _mm256_mul_ps(x, _mm256_set1_ps(1.44269504F)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375F), x);
    r        = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440e-4F), r);
    __m256 p = _mm256_set1_ps(1.9875691500e-4F);
    p        = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.3981999507e-3F));
    p        = _mm256_fmadd_ps(p, r, _mm256_set1_ps(8.3334519073e-3F));
    p        = _mm256_fmadd_ps(p, r, _mm256_set1_ps(4.1665795894e-2F));
    p        = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.6666665459e-1F));
    p        = _mm256_fmadd_ps(p, r, _mm256_set1_ps(5.0000001201e-1F));
    p        = _mm256_add_ps(_mm256_fmadd_ps(p, _mm256_mul_ps(r, r), r), _mm256_set1_ps(1));
    const __m256i power = _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23);
    const __m256  y     = _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), power));
    return _mm256_and_ps(y, _mm256_cmp_ps(x, _mm256_set1_ps(-87), _CMP_GE_OQ));
}

INLINE_TARGET float exponential(float x) {
    return _mm256_cvtss_f32(exponential(_mm256_set1_ps(x)));
}

// Sums of the lanes of each of four vectors.
INLINE_TARGET __m128 sums(__m256 a, __m256 b, __m256 c, __m256 d) {
    const __m256 ab = _mm256_add_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
    const __m256 cd = _mm256_add_ps(_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
    const __m256 sum = _mm256_add_ps(_mm256_shuffle_ps(ab, cd, 0x44), _mm256_shuffle_ps(ab, cd, 0xEE));
    return _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
}

INLINE_TARGET float largest(__m256 v) {
    __m128 m = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    m        = _mm_max_ps(m, _mm_movehl_ps(m, m));
    return _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
}

INLINE_TARGET float sum(__m256 v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s        = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

// Scores of N queries against the cells of a tile, whose list is filled up to a multiple of four.
template <int N>
TARGET void score(const head & head, const float * queries, const uint32_t * list, int64_t n_cells, float * scores) {
    for (int64_t j = 0; j < n_cells; j += 4) {
        const char * key[4];
        __m256       products[N][4];
        for (int c = 0; c < 4; ++c) {
            key[c] = head.keys + list[j + c] * head.key_stride;
            for (int q = 0; q < N; ++q) {
                products[q][c] = _mm256_setzero_ps();
            }
        }
        for (int64_t d = 0; d < head.key_size; d += 8) {
            __m256 k[4];
            for (int c = 0; c < 4; ++c) {
                k[c] = halves(key[c] + d * 2);
            }
            for (int q = 0; q < N; ++q) {
                const __m256 query = _mm256_loadu_ps(queries + q * head.key_size + d);
                for (int c = 0; c < 4; ++c) {
                    products[q][c] = _mm256_fmadd_ps(query, k[c], products[q][c]);
                }
            }
        }
        for (int q = 0; q < N; ++q) {
            _mm_storeu_ps(
                    scores + q * TILE_CELLS + j, sums(products[q][0], products[q][1], products[q][2], products[q][3]));
        }
    }
}

// Adds to each of N queries the values of a tile, times their weights, after what is there was scaled.
template <int N>
TARGET void add_values(
        const head & head, const uint32_t * list, int64_t n_cells, const float * weights, const float * scales,
        float * totals) {
    for (int64_t d = 0; d < head.value_size; d += 32) {
        __m256 total[N][4];
        for (int q = 0; q < N; ++q) {
            const __m256 scale = _mm256_broadcast_ss(scales + q);
            for (int i = 0; i < 4; ++i) {
                total[q][i] = _mm256_mul_ps(_mm256_loadu_ps(totals + q * head.value_size + d + 8 * i), scale);
            }
        }
        for (int64_t j = 0; j < n_cells; ++j) {
            const char * const value = head.values + list[j] * head.value_stride + d * 2;
            __m256 v[4];
            for (int i = 0; i < 4; ++i) {
                v[i] = halves(value + 16 * i);
            }
            for (int q = 0; q < N; ++q) {
                const __m256 weight = _mm256_broadcast_ss(weights + q * TILE_CELLS + j);
                for (int i = 0; i < 4; ++i) {
                    total[q][i] = _mm256_fmadd_ps(weight, v[i], total[q][i]);
                }
            }
        }
        for (int q = 0; q < N; ++q) {
            for (int i = 0; i < 4; ++i) {
                _mm256_storeu_ps(totals + q * head.value_size + d + 8 * i, total[q][i]);
            }
        }
    }
}

// Makes weights of a query's scores, of which the first `seen` count; returns what the sums before are scaled by.
TARGET float soften(float * scores, int64_t n_cells, int64_t seen, float & highest, float & total) {
    if (seen <= 0) {
        std::fill(scores, scores + n_cells, 0.0F);
        return 1;
    }
    std::fill(scores + seen, scores + TILE_CELLS, NOTHING);
    __m256 s[TILE_CELLS / 8];
    for (int i = 0; i < TILE_CELLS / 8; ++i) {
        s[i] = _mm256_loadu_ps(scores + 8 * i);
    }
    const float  now   = std::max(highest, largest(_mm256_max_ps(_mm256_max_ps(s[0], s[1]), _mm256_max_ps(s[2], s[3]))));
    const float  scale = exponential(highest - now);
    const __m256 top   = _mm256_set1_ps(now);
    for (int i = 0; i < TILE_CELLS / 8; ++i) {
        s[i] = exponential(_mm256_sub_ps(s[i], top));
        _mm256_storeu_ps(scores + 8 * i, s[i]);
    }
    total   = total * scale + sum(_mm256_add_ps(_mm256_add_ps(s[0], s[1]), _mm256_add_ps(s[2], s[3])));
    highest = now;
    return scale;
}

// Queries are taken by threes; a last four by twos.
template <class F> INLINE_TARGET void by_threes(int64_t n_queries, F && step) {
    for (int64_t q = 0; q < n_queries;) {
        const int64_t left = n_queries - q;
        const int     n    = left == 4 ? 2 : static_cast<int>(std::min<int64_t>(left, 3));
        step(q, n);
        q += n;
    }
}

} // namespace

bool supported() {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")
        && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}

TARGET int64_t visible(const uint16_t * mask, int64_t n_cells, uint64_t * bits) {
    const __m256i infinity = _mm256_set1_epi16(static_cast<int16_t>(MINUS_INFINITY));
    __m256i       other    = _mm256_setzero_si256();
    int64_t       count    = 0;
    for (int64_t word = 0; word < n_cells / 64; ++word) {
        uint64_t seen = 0;
        for (int part = 0; part < 2; ++part) {
            const auto * const at = reinterpret_cast<const __m256i *>(mask + word * 64 + part * 32);
            const __m256i a = _mm256_loadu_si256(at);
            const __m256i b = _mm256_loadu_si256(at + 1);
            const __m256i hidden_a = _mm256_cmpeq_epi16(a, infinity);
            const __m256i hidden_b = _mm256_cmpeq_epi16(b, infinity);
            other = _mm256_or_si256(other, _mm256_andnot_si256(hidden_a, a));
            other = _mm256_or_si256(other, _mm256_andnot_si256(hidden_b, b));
            const __m256i hidden = _mm256_permute4x64_epi64(_mm256_packs_epi16(hidden_a, hidden_b), 0xD8);
            seen |= static_cast<uint64_t>(~static_cast<uint32_t>(_mm256_movemask_epi8(hidden))) << (32 * part);
        }
        bits[word] = seen;
        count += _mm_popcnt_u64(seen);
    }
    return _mm256_testz_si256(other, other) ? count : -1;
}

TARGET void cells(const uint64_t * bits, int64_t from, int64_t to, uint32_t * list) {
    int64_t at = 0;
    for (int64_t word = 0; at < to; ++word) {
        const int64_t in_word = _mm_popcnt_u64(bits[word]);
        if (at + in_word > from) {
            int64_t i = at;
            for (uint64_t left = bits[word]; left != 0 && i < to; left = _blsr_u64(left), ++i) {
                if (i >= from) {
                    list[i - from] = static_cast<uint32_t>(word * 64 + static_cast<int64_t>(_tzcnt_u64(left)));
                }
            }
        }
        at += in_word;
    }
}

TARGET void span(
        const head & head, const float * queries, int64_t n_queries, const uint32_t * list, int64_t n_cells,
        const int32_t * seen, const partial & result) {
    alignas(32) float scores[MAX_QUERIES * TILE_CELLS];
    float             scales[MAX_QUERIES];
    uint32_t          tile[TILE_CELLS];

    std::fill(result.largest, result.largest + n_queries, NOTHING);
    std::fill(result.sums, result.sums + n_queries, 0.0F);
    std::fill(result.values, result.values + n_queries * head.value_size, 0.0F);
    for (int64_t from = 0; from < n_cells; from += TILE_CELLS) {
        const int64_t n      = std::min(TILE_CELLS, n_cells - from);
        const int64_t padded = (n + 3) / 4 * 4;
        std::copy(list + from, list + from + n, tile);
        std::fill(tile + n, tile + padded, list[from]);
        by_threes(n_queries, [&](int64_t q, int count) {
            const float * const query = queries + q * head.key_size;
            float * const       into  = scores + q * TILE_CELLS;
            switch (count) {
                case 3: score<3>(head, query, tile, padded, into); break;
                case 2: score<2>(head, query, tile, padded, into); break;
                default: score<1>(head, query, tile, padded, into); break;
            }
        });
        for (int64_t q = 0; q < n_queries; ++q) {
            scales[q] = soften(
                    scores + q * TILE_CELLS, n, std::min<int64_t>(seen[q] - from, n), result.largest[q], result.sums[q]);
        }
        by_threes(n_queries, [&](int64_t q, int count) {
            const float * const weights = scores + q * TILE_CELLS;
            float * const       totals  = result.values + q * head.value_size;
            const int64_t common = std::clamp<int64_t>(*std::min_element(seen + q, seen + q + count) - from, 0, n);
            switch (count) {
                case 3: add_values<3>(head, tile, common, weights, scales + q, totals); break;
                case 2: add_values<2>(head, tile, common, weights, scales + q, totals); break;
                default: add_values<1>(head, tile, common, weights, scales + q, totals); break;
            }
            // What one of them does not see may be no number, which a weight of zero would not make go away.
            for (int i = 0; i < count; ++i) {
                const int64_t end = std::min<int64_t>(seen[q + i] - from, n);
                if (end > common) {
                    add_values<1>(
                            head, tile + common, end - common, weights + i * TILE_CELLS + common, &UNSCALED,
                            totals + i * head.value_size);
                }
            }
        });
    }
}

TARGET void merge(const partial & total, const partial & span, int64_t n_queries, int64_t value_size) {
    for (int64_t q = 0; q < n_queries; ++q) {
        if (span.sums[q] == 0) {
            continue;
        }
        const float  top      = std::max(total.largest[q], span.largest[q]);
        const float  before   = total.sums[q] == 0 ? 0 : exponential(total.largest[q] - top);
        const float  now      = exponential(span.largest[q] - top);
        const __m256 before_8 = _mm256_set1_ps(before);
        const __m256 now_8    = _mm256_set1_ps(now);
        total.largest[q]      = top;
        total.sums[q]         = total.sums[q] * before + span.sums[q] * now;
        for (int64_t d = q * value_size; d < (q + 1) * value_size; d += 8) {
            const __m256 scaled = _mm256_mul_ps(_mm256_loadu_ps(total.values + d), before_8);
            _mm256_storeu_ps(total.values + d, _mm256_fmadd_ps(_mm256_loadu_ps(span.values + d), now_8, scaled));
        }
    }
}

TARGET void finish(const partial & total, int64_t query, int64_t value_size, float * output) {
    const __m256 factor = _mm256_set1_ps(total.sums[query] == 0 ? 0 : 1 / total.sums[query]);
    for (int64_t d = 0; d < value_size; d += 8) {
        _mm256_storeu_ps(output + d, _mm256_mul_ps(_mm256_loadu_ps(total.values + query * value_size + d), factor));
    }
}

} // namespace quantgate::attention
