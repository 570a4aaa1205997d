#include "quantgate.h"
#include "row_math.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

using quantgate::candidate;

namespace {

constexpr float NO_LOGPROB = std::numeric_limits<float>::quiet_NaN();
constexpr float RULED_OUT  = -std::numeric_limits<float>::infinity();
// How many of the best tokens are first shown to a grammar that refused the sampled one.
constexpr int32_t GRAMMAR_FIRST_LOOK = 256;

struct sampler_free {
    void operator()(llama_sampler * sampler) const { llama_sampler_free(sampler); }
};
using sampler_ptr = std::unique_ptr<llama_sampler, sampler_free>;

// A random number that depends on nothing but the seed and how many were drawn before (SplitMix64): the same request
// gives the same text whatever else shares its batches, and a retry can repeat a draw.
double uniform(uint64_t seed, uint64_t draw) {
    uint64_t z = seed * 0xD1342543DE82EF95ULL + (draw + 1) * 0x9E3779B97F4A7C15ULL;
    z          = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z          = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    z ^= z >> 31;
    return static_cast<double>(z >> 11) * 0x1.0p-53;
}

float * logits_of(llama_context * ctx, int32_t row) {
    float * logits = llama_get_logits_ith(ctx, row);
    if (logits == nullptr) {
        throw std::out_of_range("batch entry " + std::to_string(row) + " has no logits");
    }
    return logits;
}

// A chain that runs in the graph has its token ready; any other needs logits, and llama.cpp aborts without them.
int32_t sample_chain(llama_context * ctx, llama_sampler * chain, int32_t row) {
    if (llama_get_sampled_token_ith(ctx, row) == LLAMA_TOKEN_NULL) {
        logits_of(ctx, row);
    }
    return llama_sampler_sample(chain, ctx, row);
}

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

} // namespace

struct qg_sampler {
    qg_sampler_params                        params;
    int32_t                                  n_vocab;
    std::vector<std::pair<int32_t, float>>   bias;
    sampler_ptr                              grammar;
    uint64_t                                 draws = 0;
    std::vector<int32_t>                     history; // ring of the last tokens, the oldest at history_at once full
    size_t                                   history_at = 0;
    std::unordered_map<int32_t, int32_t>     counts;
    float                                    logprob = NO_LOGPROB;
    std::vector<std::pair<int32_t, float>>   top; // log-probabilities of the likeliest tokens

    // Scratch space, kept to save allocations.
    std::vector<candidate>                 candidates;
    double                                 candidates_of = 0; // sum of exp(logit - max) they are a part of, 0: their own
    std::vector<float>                     weights;
    std::vector<float>                     legal_row;
    std::vector<llama_token_data>          grammar_data;
    std::vector<std::pair<int32_t, float>> saved;

    int32_t sample(float * row);
    void    remember(int32_t token);

private:
    void    measure(const float * row, double & log_sum);
    void    adjust(row_edit & edit, const float * row) const;
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

int32_t qg_sampler::sample(float * row) {
    double log_sum = 0;
    measure(row, log_sum);
    int32_t token;
    {
        row_edit edit(row, saved);
        adjust(edit, row);
        token = pick(row);
        if (grammar && !grammar_allows(token)) {
            token = pick_legal(row);
        }
    }
    if (params.n_logprobs >= 0) {
        logprob = static_cast<float>(row[token] - log_sum);
    }
    ++draws;
    remember(token);
    if (grammar) {
        llama_sampler_accept(grammar.get(), token);
    }
    return token;
}

// Log-probabilities are those of the model itself: before penalties, bias, grammar and temperature.
void qg_sampler::measure(const float * row, double & log_sum) {
    top.clear();
    logprob = NO_LOGPROB;
    if (params.n_logprobs < 0) {
        return;
    }
    const float max = quantgate::max_logit(row, n_vocab);
    log_sum         = max + std::log(quantgate::exp_sum(row, n_vocab, max, 1.0f, nullptr));
    if (params.n_logprobs > 0) {
        quantgate::top_k(row, n_vocab, params.n_logprobs, candidates);
        for (const candidate & c : candidates) {
            top.emplace_back(c.token, static_cast<float>(c.logit - log_sum));
        }
    }
}

void qg_sampler::adjust(row_edit & edit, const float * row) const {
    for (const auto & [token, value] : bias) {
        edit.set(token, row[token] + value);
    }
    for (const auto & [token, count] : counts) {
        float logit = row[token];
        // Dividing a negative logit would make the token likelier.
        logit = logit <= 0 ? logit * params.repeat_penalty : logit / params.repeat_penalty;
        logit -= static_cast<float>(count) * params.frequency_penalty + params.presence_penalty;
        edit.set(token, logit);
    }
}

int32_t qg_sampler::pick(const float * row) {
    if (params.temperature <= 0 || params.top_k == 1) {
        return quantgate::argmax(row, n_vocab);
    }
    const bool narrowed = params.top_k > 0 || params.top_p < 1 || params.min_p > 0 || params.typical_p < 1;
    if (!narrowed) {
        return pick_from_all(row);
    }
    gather(row);
    return pick_from_candidates();
}

// Fills candidates with every token that can survive the filters.
void qg_sampler::gather(const float * row) {
    candidates_of = 0;
    if (params.top_k > 0) {
        quantgate::top_k(row, n_vocab, params.top_k, candidates);
        return;
    }
    const float max   = quantgate::max_logit(row, n_vocab);
    float       least = std::numeric_limits<float>::lowest();
    if (params.typical_p >= 1) {
        if (params.top_p < 1) {
            // Tokens below (1 - p) / n add up to less than 1 - p, so the nucleus lies within the others.
            candidates_of = quantgate::exp_sum(row, n_vocab, max, 1.0f, nullptr);
            least         = max + static_cast<float>(std::log((1.0 - params.top_p) / n_vocab * candidates_of));
        } else if (params.min_p > 0) {
            least = max + std::log(params.min_p);
        }
    }
    quantgate::at_least(row, n_vocab, std::min(least, max), candidates);
    std::sort(candidates.begin(), candidates.end(), quantgate::ranks_before);
}

int32_t qg_sampler::pick_from_candidates() {
    keep_typical();
    keep_nucleus();
    keep_min_p();
    const float max   = candidates.front().logit;
    const float scale = 1.0f / params.temperature;
    weights.clear();
    double sum = 0;
    for (const candidate & c : candidates) {
        weights.push_back(std::exp((c.logit - max) * scale));
        sum += weights.back();
    }
    double left = uniform(static_cast<uint64_t>(params.seed), draws) * sum;
    for (size_t i = 0; i < candidates.size(); ++i) {
        left -= weights[i];
        if (left < 0) {
            return candidates[i].token;
        }
    }
    return candidates.front().token;
}

int32_t qg_sampler::pick_from_all(const float * row) {
    weights.resize(n_vocab);
    const float  max  = quantgate::max_logit(row, n_vocab);
    const double sum  = quantgate::exp_sum(row, n_vocab, max, 1.0f / params.temperature, weights.data());
    double       left = uniform(static_cast<uint64_t>(params.seed), draws) * sum;
    for (int32_t i = 0; i < n_vocab; ++i) {
        left -= weights[i];
        if (left < 0) {
            return i;
        }
    }
    return quantgate::argmax(row, n_vocab);
}

// Locally typical sampling (arXiv:2202.00666): keeps the tokens whose information is nearest to the entropy.
void qg_sampler::keep_typical() {
    if (params.typical_p >= 1 || candidates.size() < 2) {
        return;
    }
    const float max = candidates.front().logit;
    double      sum = 0;
    for (const candidate & c : candidates) {
        sum += std::exp(c.logit - max);
    }
    const double log_sum = std::log(sum);
    double       entropy = 0;
    for (const candidate & c : candidates) {
        const double log_p = c.logit - max - log_sum;
        entropy -= std::isfinite(log_p) ? std::exp(log_p) * log_p : 0;
    }
    const auto distance = [&](const candidate & c) { return std::fabs(-(c.logit - max - log_sum) - entropy); };
    std::sort(candidates.begin(), candidates.end(), [&](const candidate & a, const candidate & b) {
        const double da = distance(a), db = distance(b);
        return da != db ? da < db : quantgate::ranks_before(a, b);
    });
    double reached = 0;
    size_t kept    = 0;
    while (kept < candidates.size() && reached <= params.typical_p) {
        reached += std::exp(candidates[kept++].logit - max - log_sum);
    }
    candidates.resize(kept);
    std::sort(candidates.begin(), candidates.end(), quantgate::ranks_before);
}

// Top-p (arXiv:1904.09751): the smallest set of likeliest tokens whose probabilities reach p.
void qg_sampler::keep_nucleus() {
    if (params.top_p >= 1) {
        return;
    }
    const float max = candidates.front().logit;
    double      sum = candidates_of;
    if (sum == 0) {
        for (const candidate & c : candidates) {
            sum += std::exp(c.logit - max);
        }
    }
    const double goal    = sum * params.top_p;
    double       reached = 0;
    size_t       kept    = 0;
    while (kept < candidates.size() && (kept == 0 || reached < goal)) {
        reached += std::exp(candidates[kept++].logit - max);
    }
    candidates.resize(kept);
}

void qg_sampler::keep_min_p() {
    if (params.min_p <= 0) {
        return;
    }
    const float least = candidates.front().logit + std::log(params.min_p);
    size_t      kept  = 1;
    while (kept < candidates.size() && candidates[kept].logit >= least) {
        ++kept;
    }
    candidates.resize(kept);
}

bool qg_sampler::grammar_allows(int32_t token) {
    llama_token_data       data  = {token, 1.0f, 0.0f};
    llama_token_data_array array = {&data, 1, -1, false};
    llama_sampler_apply(grammar.get(), &array);
    return data.logit != RULED_OUT;
}

// Leaves the tokens of `candidates` that the grammar allows, in their order; returns how many.
size_t qg_sampler::rule_out_illegal() {
    grammar_data.clear();
    for (const candidate & c : candidates) {
        grammar_data.push_back({c.token, c.logit, 0.0f});
    }
    llama_token_data_array array = {grammar_data.data(), grammar_data.size(), -1, true};
    llama_sampler_apply(grammar.get(), &array);
    size_t kept = 0;
    for (size_t i = 0; i < array.size; ++i) {
        if (array.data[i].logit != RULED_OUT) {
            candidates[kept++] = {array.data[i].id, array.data[i].logit};
        }
    }
    candidates.resize(kept);
    return kept;
}

// Samples among the legal tokens. A grammar costs by the token it looks at, so with a bounded top-k only the best are
// shown to it, and more only when too few of them were legal: the result is that of showing all.
int32_t qg_sampler::pick_legal(const float * row) {
    const bool    greedy = params.temperature <= 0;
    const int32_t needed = greedy ? 1 : params.top_k > 0 ? params.top_k : n_vocab;
    int64_t       look   = std::max<int64_t>(GRAMMAR_FIRST_LOOK, 4LL * needed);
    for (;; look *= 8) {
        const int32_t looked = static_cast<int32_t>(std::min<int64_t>(look, n_vocab));
        quantgate::top_k(row, n_vocab, looked, candidates);
        const size_t legal = rule_out_illegal();
        if (legal >= static_cast<size_t>(needed) || looked == n_vocab) {
            break;
        }
    }
    if (candidates.empty()) {
        throw std::runtime_error("the grammar allows no token here");
    }
    candidates_of = 0;
    if (greedy) {
        return candidates.front().token;
    }
    if (params.top_k > 0 && candidates.size() > static_cast<size_t>(params.top_k)) {
        candidates.resize(params.top_k);
    }
    return pick_from_candidates();
}

void qg_sampler::remember(int32_t token) {
    if (params.penalty_last_n <= 0) {
        return;
    }
    if (history.size() < static_cast<size_t>(params.penalty_last_n)) {
        history.push_back(token);
    } else {
        const auto oldest = counts.find(history[history_at]);
        if (--oldest->second == 0) {
            counts.erase(oldest);
        }
        history[history_at] = token;
        history_at          = (history_at + 1) % history.size();
    }
    ++counts[token];
}

extern "C" {

qg_sampler * qg_sampler_new(
        const qg_sampler_params * params, int32_t n_vocab, const int32_t * bias_tokens, const float * bias_values,
        int32_t n_bias, struct llama_sampler * grammar) {
    auto sampler     = std::make_unique<qg_sampler>();
    sampler->params  = *params;
    sampler->n_vocab = n_vocab;
    sampler->grammar.reset(grammar);
    for (int32_t i = 0; i < n_bias; ++i) {
        if (bias_tokens[i] < 0 || bias_tokens[i] >= n_vocab) {
            throw std::out_of_range("bias for a token outside the vocabulary");
        }
        sampler->bias.emplace_back(bias_tokens[i], bias_values[i]);
    }
    const bool penalises = params->repeat_penalty != 1 || params->frequency_penalty != 0 || params->presence_penalty != 0;
    if (!penalises) {
        sampler->params.penalty_last_n = 0;
    }
    return sampler.release();
}

qg_sampler * qg_sampler_clone(const qg_sampler * sampler) {
    auto copy        = std::make_unique<qg_sampler>();
    copy->params     = sampler->params;
    copy->n_vocab    = sampler->n_vocab;
    copy->bias       = sampler->bias;
    copy->draws      = sampler->draws;
    copy->history    = sampler->history;
    copy->history_at = sampler->history_at;
    copy->counts     = sampler->counts;
    if (sampler->grammar) {
        copy->grammar.reset(llama_sampler_clone(sampler->grammar.get()));
    }
    return copy.release();
}

void qg_sampler_free(qg_sampler * sampler) {
    delete sampler;
}

void qg_sampler_reset(qg_sampler * sampler) {
    sampler->draws = 0;
    sampler->history.clear();
    sampler->history_at = 0;
    sampler->counts.clear();
    if (sampler->grammar) {
        llama_sampler_reset(sampler->grammar.get());
    }
}

void qg_sampler_accept(qg_sampler * sampler, const int32_t * tokens, int32_t n, bool with_grammar) {
    for (int32_t i = 0; i < n; ++i) {
        sampler->remember(tokens[i]);
        if (with_grammar && sampler->grammar) {
            llama_sampler_accept(sampler->grammar.get(), tokens[i]);
        }
    }
}

void qg_sample_rows(struct llama_context * ctx, int64_t block, int32_t capacity, int32_t n) {
    auto * const samplers = reinterpret_cast<int64_t *>(block);
    auto * const rows     = reinterpret_cast<int32_t *>(samplers + capacity);
    auto * const tokens   = rows + capacity;
    auto * const logprobs = reinterpret_cast<float *>(tokens + capacity);
    for (int32_t i = 0; i < n; ++i) {
        const bool is_chain = (samplers[i] & 1) != 0;
        if (is_chain) {
            logprobs[i] = NO_LOGPROB;
            tokens[i]   = sample_chain(ctx, reinterpret_cast<llama_sampler *>(samplers[i] & ~int64_t{1}), rows[i]);
            continue;
        }
        auto * sampler = reinterpret_cast<qg_sampler *>(samplers[i]);
        tokens[i]      = sampler->sample(logits_of(ctx, rows[i]));
        logprobs[i]    = sampler->logprob;
    }
}

int32_t qg_sample_logits(qg_sampler * sampler, float * logits) {
    return sampler->sample(logits);
}

int32_t qg_sampler_top(const qg_sampler * sampler, int32_t * tokens, float * logprobs, int32_t capacity) {
    const int32_t n = std::min(capacity, static_cast<int32_t>(sampler->top.size()));
    for (int32_t i = 0; i < n; ++i) {
        tokens[i]   = sampler->top[i].first;
        logprobs[i] = sampler->top[i].second;
    }
    return n;
}

float qg_sampler_logprob(const qg_sampler * sampler) {
    return sampler->logprob;
}

} // extern "C"
