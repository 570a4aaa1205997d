#include "sampler.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

using quantgate::candidate;
using quantgate::row_edit;

namespace {

constexpr float RULED_OUT  = -std::numeric_limits<float>::infinity();
// How many of the best tokens are first shown to a grammar that refused the sampled one.
constexpr int32_t GRAMMAR_FIRST_LOOK = 256;

// A random number that depends on nothing but the seed and how many were drawn before (SplitMix64): the same request
// gives the same text whatever else shares its batches, and a retry can repeat a draw.
double uniform(uint64_t seed, uint64_t draw) {
    uint64_t z = seed * 0xD1342543DE82EF95ULL + (draw + 1) * 0x9E3779B97F4A7C15ULL;
    z          = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z          = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    z ^= z >> 31;
    return static_cast<double>(z >> 11) * 0x1.0p-53;
}

} // namespace

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
    logprob = quantgate::NO_LOGPROB;
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
