#include "row_math.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

// One binary runs on every x86-64 machine and still uses the widest registers of the one it is on.
#define EACH_CPU __attribute__((target_clones("avx512f", "avx2", "default")))

namespace quantgate {

namespace {

constexpr int32_t WIDTH = 16;
constexpr int32_t BLOCK = 4 * WIDTH;
constexpr float   LOWEST = -std::numeric_limits<float>::infinity();
// Above this a heap loses against partitioning the whole row.
constexpr int32_t MAX_HEAP = 1024;

typedef float   floats __attribute__((vector_size(WIDTH * sizeof(float)), aligned(4)));
typedef int32_t ints __attribute__((vector_size(WIDTH * sizeof(int32_t)), aligned(4)));

// Kept as a macro: a function taking vectors would get another ABI in each clone.
#define LARGER(a, b) ((a) > (b) ? (a) : (b))

EACH_CPU float block_max(const float * logits) {
    floats m = *reinterpret_cast<const floats *>(logits);
    for (int32_t i = WIDTH; i < BLOCK; i += WIDTH) {
        const floats x = *reinterpret_cast<const floats *>(logits + i);
        m = LARGER(x, m);
    }
    float best = LOWEST;
    for (int32_t i = 0; i < WIDTH; ++i) {
        best = m[i] > best ? m[i] : best;
    }
    return best;
}

} // namespace

EACH_CPU float max_logit(const float * logits, int32_t n) {
    floats m0 = LOWEST - floats{}, m1 = m0, m2 = m0, m3 = m0;
    int32_t i = 0;
    for (; i + BLOCK <= n; i += BLOCK) {
        const floats * x = reinterpret_cast<const floats *>(logits + i);
        m0 = LARGER(x[0], m0);
        m1 = LARGER(x[1], m1);
        m2 = LARGER(x[2], m2);
        m3 = LARGER(x[3], m3);
    }
    m0 = LARGER(m0, m1);
    m2 = LARGER(m2, m3);
    m0 = LARGER(m0, m2);
    float best = LOWEST;
    for (int32_t lane = 0; lane < WIDTH; ++lane) {
        best = m0[lane] > best ? m0[lane] : best;
    }
    for (; i < n; ++i) {
        best = logits[i] > best ? logits[i] : best;
    }
    return best;
}

EACH_CPU int32_t argmax(const float * logits, int32_t n) {
    const float best = max_logit(logits, n);
    int32_t     i    = 0;
    for (; i + WIDTH <= n; i += WIDTH) {
        const ints equal = *reinterpret_cast<const floats *>(logits + i) == best - floats{};
        int32_t    any   = 0;
        for (int32_t lane = 0; lane < WIDTH; ++lane) {
            any |= equal[lane];
        }
        if (any != 0) {
            break;
        }
    }
    for (; i < n; ++i) {
        if (logits[i] == best) {
            return i;
        }
    }
    return 0;
}

EACH_CPU double exp_sum(const float * logits, int32_t n, float max, float scale, float * out) {
    // exp(x) = 2^k * 2^f with k whole and |f| <= 0.5; a polynomial of degree 6 gives 2^f to 2e-8.
    constexpr float LOG2_E = 1.44269504088896341f;
    constexpr float MAGIC  = 12582912.0f; // 1.5 * 2^23: adding it rounds to a whole number
    double          sum    = 0;
    floats          part   = {};
    int32_t         i      = 0;
    for (; i + WIDTH <= n; i += WIDTH) {
        const floats x       = *reinterpret_cast<const floats *>(logits + i);
        floats       t       = (x - max) * (scale * LOG2_E);
        t                    = t > -126.0f - floats{} ? t : -126.0f - floats{};
        const floats rounded = (t + MAGIC) - MAGIC;
        const floats f       = t - rounded;
        floats       p       = f * 1.540353e-4f + 1.3333558e-3f;
        p                    = p * f + 9.6181291e-3f;
        p                    = p * f + 5.5504109e-2f;
        p                    = p * f + 2.4022651e-1f;
        p                    = p * f + 6.9314718e-1f;
        p                    = p * f + 1.0f;
        const ints exponent  = (__builtin_convertvector(rounded, ints) + 127) << 23;
        floats     power;
        memcpy(&power, &exponent, sizeof power);
        floats result = p * power;
        // The lowest power stands for zero: a token ruled out has -inf and must never be drawn.
        result = t > -126.0f - floats{} ? result : floats{};
        part += result;
        if (out != nullptr) {
            *reinterpret_cast<floats *>(out + i) = result;
        }
        if ((i & 1023) == 1024 - WIDTH) {
            for (int32_t lane = 0; lane < WIDTH; ++lane) {
                sum += part[lane];
            }
            part = floats{};
        }
    }
    for (int32_t lane = 0; lane < WIDTH; ++lane) {
        sum += part[lane];
    }
    for (; i < n; ++i) {
        const float e = std::exp((logits[i] - max) * scale);
        sum += e;
        if (out != nullptr) {
            out[i] = e;
        }
    }
    return sum;
}

void top_k(const float * logits, int32_t n, int32_t k, std::vector<candidate> & out) {
    out.clear();
    k = std::min(k, n);
    if (k > MAX_HEAP) {
        for (int32_t i = 0; i < n; ++i) {
            out.push_back({i, logits[i]});
        }
        std::nth_element(out.begin(), out.begin() + (k - 1), out.end(), ranks_before);
        out.resize(k);
        std::sort(out.begin(), out.end(), ranks_before);
        return;
    }
    int32_t i = 0;
    for (; i < k; ++i) {
        out.push_back({i, logits[i]});
    }
    std::make_heap(out.begin(), out.end(), ranks_before); // the worst of the best is on top
    const auto offer = [&](int32_t token) {
        if (logits[token] > out.front().logit) {
            std::pop_heap(out.begin(), out.end(), ranks_before);
            out.back() = {token, logits[token]};
            std::push_heap(out.begin(), out.end(), ranks_before);
        }
    };
    for (; i + BLOCK <= n; i += BLOCK) {
        if (block_max(logits + i) > out.front().logit) {
            for (int32_t j = i; j < i + BLOCK; ++j) {
                offer(j);
            }
        }
    }
    for (; i < n; ++i) {
        offer(i);
    }
    std::sort(out.begin(), out.end(), ranks_before);
}

void at_least(const float * logits, int32_t n, float least, std::vector<candidate> & out) {
    out.clear();
    int32_t i = 0;
    for (; i + BLOCK <= n; i += BLOCK) {
        if (block_max(logits + i) >= least) {
            for (int32_t j = i; j < i + BLOCK; ++j) {
                if (logits[j] >= least) {
                    out.push_back({j, logits[j]});
                }
            }
        }
    }
    for (; i < n; ++i) {
        if (logits[i] >= least) {
            out.push_back({i, logits[i]});
        }
    }
}

} // namespace quantgate
