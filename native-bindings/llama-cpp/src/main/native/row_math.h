// Passes over one row of logits, written so that the compiler vectorises them for each CPU it may run on.
#pragma once

#include <cstdint>
#include <vector>

namespace quantgate {

struct candidate {
    int32_t token;
    float   logit;
};

// Likelier first; equal logits in the order of their ids, so that the result never depends on how it was found.
inline bool ranks_before(const candidate & a, const candidate & b) {
    return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
}

float max_logit(const float * logits, int32_t n);

// The token with the highest logit, the first of equals. NaN never wins.
int32_t argmax(const float * logits, int32_t n);

// Writes exp((logit - max) * scale) to out, which may be null, and returns the sum.
double exp_sum(const float * logits, int32_t n, float max, float scale, float * out);

// The k highest, best first.
void top_k(const float * logits, int32_t n, int32_t k, std::vector<candidate> & out);

// All with a logit of at least `least`, in the order of their ids.
void at_least(const float * logits, int32_t n, float least, std::vector<candidate> & out);

} // namespace quantgate
