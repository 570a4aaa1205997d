// Our own sampler: the state of one sequence and the steps of a choice. The C API over it is in sampler_api.cpp.
#pragma once

#include "quantgate.h"
#include "row_math.h"

#include <limits>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace quantgate {

inline constexpr float NO_LOGPROB = std::numeric_limits<float>::quiet_NaN();

struct sampler_free {
    void operator()(llama_sampler * sampler) const { llama_sampler_free(sampler); }
};
using sampler_ptr = std::unique_ptr<llama_sampler, sampler_free>;

// Changes a few logits of a row and puts them back.
class row_edit {
public:
    explicit row_edit(float * row, std::vector<std::pair<int32_t, float>> & saved) : row(row), saved(saved) {
        saved.clear();
    }
    ~row_edit() {
        for (auto it = saved.rbegin(); it != saved.rend(); ++it) {
            row[it->first] = it->second;
        }
    }
    row_edit(const row_edit &) = delete;
    row_edit & operator=(const row_edit &) = delete;

    void set(int32_t token, float value) {
        saved.emplace_back(token, row[token]);
        row[token] = value;
    }

private:
    float *                                 row;
    std::vector<std::pair<int32_t, float>> & saved;
};

} // namespace quantgate

struct qg_sampler {
    qg_sampler_params                        params;
    int32_t                                  n_vocab;
    std::vector<std::pair<int32_t, float>>   bias;
    quantgate::sampler_ptr                              grammar;
    uint64_t                                 draws = 0;
    std::vector<int32_t>                     history; // ring of the last tokens, the oldest at history_at once full
    size_t                                   history_at = 0;
    std::unordered_map<int32_t, int32_t>     counts;
    float                                    logprob = quantgate::NO_LOGPROB;
    std::vector<std::pair<int32_t, float>>   top; // log-probabilities of the likeliest tokens

    // Scratch space, kept to save allocations.
    std::vector<quantgate::candidate>                 candidates;
    double                                 candidates_of = 0; // sum of exp(logit - max) they are a part of, 0: their own
    std::vector<float>                     weights;
    std::vector<float>                     legal_row;
    std::vector<llama_token_data>          grammar_data;
    std::vector<std::pair<int32_t, float>> saved;

    int32_t sample(float * row);
    void    remember(int32_t token);

private:
    void    measure(const float * row, double & log_sum);
    void    adjust(quantgate::row_edit & edit, const float * row) const;
    int32_t pick(const float * row);
    int32_t pick_from_candidates();
    int32_t pick_from_all(const float * row);
    void    gather(const float * row);
    void    keep_typical();
    void    keep_nucleus();
    void    keep_min_p();
    bool    grammar_allows(int32_t token);
    int32_t pick_legal(const float * row);
    size_t  rule_out_illegal();
};
