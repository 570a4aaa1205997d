// Kernels for AVX2 and FMA.
#include <immintrin.h>

#include "encoder.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma")

#define QG_INLINE [[gnu::always_inline]] static inline
#define QG_MEMBER [[gnu::always_inline]] inline
// Row after row: in the order that the compiler prefers it needs more registers than there are.
#define QG_IN_ORDER(a, b) asm volatile("" : "+x"(a), "+x"(b))
#define QG_KERNEL [[gnu::noinline]] static

namespace quantgate::avx2 {

constexpr const char* kName = "avx2";
constexpr int kLanes = 8;
constexpr int kGroup = 4;
constexpr int kTileRows = 6;
// Activations have 7 bits: two products of 7 by 8 bits fit the 16 bits that this instruction set adds them in.
constexpr int kLevels = 127;

QG_INLINE void encode(const float* x, int n, float inverse, int32_t zero, uint8_t* to) {
  const __m256 factor = _mm256_set1_ps(inverse);
  const __m256i offset = _mm256_set1_epi16(static_cast<int16_t>(zero));
  const __m256i high = _mm256_set1_epi8(kLevels);
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  int i = 0;
  for (; i + 32 <= n; i += 32) {
    __m256i part[4];
    for (int p = 0; p < 4; p++) part[p] = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + i + 8 * p), factor));
    const __m256i left = _mm256_add_epi16(_mm256_packs_epi32(part[0], part[1]), offset);
    const __m256i right = _mm256_add_epi16(_mm256_packs_epi32(part[2], part[3]), offset);
    const __m256i codes = _mm256_min_epu8(_mm256_packus_epi16(left, right), high);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), _mm256_permutevar8x32_epi32(codes, order));
  }
  for (; i < n; i++) {
    int code = static_cast<int>(__builtin_rintf(x[i] * inverse)) + zero;
    to[i] = static_cast<uint8_t>(code < 0 ? 0 : code > kLevels ? kLevels : code);
  }
  // Against weights of 0, so any code will do.
  for (; i % kGroup != 0; i++) to[i] = 0;
}

template <int ROWS, typename Whole>
QG_INLINE void products(const uint8_t* a, int a_stride, const int8_t* b, int groups, Whole (&sums)[ROWS][2]) {
  __m256i left[ROWS], right[ROWS];
#pragma GCC unroll 12
  for (int r = 0; r < ROWS; r++) left[r] = right[r] = _mm256_setzero_si256();
  const __m256i ones = _mm256_set1_epi16(1);
  for (int g = 0; g < groups; g++, b += 64) {
    const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b));
    const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + 32));
#pragma GCC unroll 6
    for (int r = 0; r < ROWS; r++) {
      int32_t four;
      __builtin_memcpy(&four, a + static_cast<ptrdiff_t>(r) * a_stride + 4 * g, sizeof four);
      const __m256i code = _mm256_set1_epi32(four);
      left[r] = _mm256_add_epi32(left[r], _mm256_madd_epi16(_mm256_maddubs_epi16(code, first), ones));
      right[r] = _mm256_add_epi32(right[r], _mm256_madd_epi16(_mm256_maddubs_epi16(code, second), ones));
      QG_IN_ORDER(left[r], right[r]);
    }
  }
#pragma GCC unroll 12
  for (int r = 0; r < ROWS; r++) {
    sums[r][0] = reinterpret_cast<Whole>(left[r]);
    sums[r][1] = reinterpret_cast<Whole>(right[r]);
  }
}

#include "kernels_body.h"
#include "kernels_run.h"

}  // namespace quantgate::avx2

#pragma GCC pop_options

namespace quantgate {

const Kernels& avx2_kernels() {
  static const avx2::Isa kernels;
  return kernels;
}

}  // namespace quantgate
