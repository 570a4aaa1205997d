#include "sampler.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace {

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

} // namespace

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

void qg_sampler_remember(qg_sampler * sampler, const int32_t * tokens, int32_t n) {
    for (int32_t i = 0; i < n; ++i) {
        sampler->remember(tokens[i]);
    }
}

void qg_sampler_follow(qg_sampler * sampler, const int32_t * tokens, int32_t n) {
    for (int32_t i = 0; i < n && sampler->grammar; ++i) {
        llama_sampler_accept(sampler->grammar.get(), tokens[i]);
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
            logprobs[i] = quantgate::NO_LOGPROB;
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
