// Kernels for AVX-512 with VNNI, whose products of 8 bits do not saturate.
#include <immintrin.h>

#include "encoder.h"

// GCC 12 takes the undefined operand of its own intrinsics for a mistake.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma")

#define QG_INLINE [[gnu::always_inline]] static inline
#define QG_MEMBER [[gnu::always_inline]] inline
// Row after row: in the order that the compiler prefers it needs more registers than there are.
#define QG_IN_ORDER(a, b) asm volatile("" : "+v"(a), "+v"(b))
#define QG_KERNEL [[gnu::noinline]] static

namespace quantgate::avx512 {

constexpr const char* kName = "avx512_vnni";
constexpr int kLanes = 16;
constexpr int kGroup = 4;
constexpr int kTileRows = 12;
constexpr int kLevels = 255;

QG_INLINE void encode(const float* x, int n, float inverse, int32_t zero, uint8_t* to) {
  const __m512 factor = _mm512_set1_ps(inverse);
  const __m512i offset = _mm512_set1_epi32(zero);
  const __m512i high = _mm512_set1_epi32(kLevels);
  int i = 0;
  for (; i + 16 <= n; i += 16) {
    __m512i code = _mm512_add_epi32(_mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x + i), factor)), offset);
    code = _mm512_min_epi32(_mm512_max_epi32(code, _mm512_setzero_si512()), high);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), _mm512_cvtepi32_epi8(code));
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
  __m512i left[ROWS], right[ROWS];
#pragma GCC unroll 12
  for (int r = 0; r < ROWS; r++) left[r] = right[r] = _mm512_setzero_si512();
  for (int g = 0; g < groups; g++, b += 128) {
    const __m512i first = _mm512_loadu_si512(b);
    const __m512i second = _mm512_loadu_si512(b + 64);
#pragma GCC unroll 12
    for (int r = 0; r < ROWS; r++) {
      int32_t four;
      __builtin_memcpy(&four, a + static_cast<ptrdiff_t>(r) * a_stride + 4 * g, sizeof four);
      const __m512i code = _mm512_set1_epi32(four);
      left[r] = _mm512_dpbusd_epi32(left[r], code, first);
      right[r] = _mm512_dpbusd_epi32(right[r], code, second);
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

}  // namespace quantgate::avx512

#pragma GCC pop_options

namespace quantgate {

const Kernels& avx512_vnni_kernels() {
  static const avx512::Isa kernels;
  return kernels;
}

}  // namespace quantgate
