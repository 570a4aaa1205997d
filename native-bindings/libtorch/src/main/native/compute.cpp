// Threads, groups of inputs and the choice of kernels.
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include "encoder.h"

namespace quantgate {
namespace {

// Inputs are computed in groups of about this many tokens: more of them gain nothing and need more memory.
constexpr int kGroupTokens = 768;
// A thread that waits for another looks this often before it gives up its turn.
constexpr int kSpins = 4000;
// Between calls a helper looks for about 50 microseconds before it sleeps.
constexpr int kIdleSpins = 1500;

// All threads of a call meet here.
class Barrier {
 public:
  void reset(int threads) {
    threads_ = threads;
    waiting_.store(0, std::memory_order_relaxed);
  }

  void wait() {
    const int turn = turn_.load(std::memory_order_acquire);
    if (waiting_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
      waiting_.store(0, std::memory_order_relaxed);
      turn_.store(turn + 1, std::memory_order_release);
      return;
    }
    for (int spins = 0; turn_.load(std::memory_order_acquire) == turn; spins++) {
      if (spins < kSpins) {
        __builtin_ia32_pause();
      } else {
        std::this_thread::yield();
      }
    }
  }

 private:
  int threads_ = 1;
  std::atomic<int> waiting_{0};
  std::atomic<int> turn_{0};
};

// The caller of compute() and the helpers that work for it.
class Crew {
 public:
  Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  ~Crew() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ended_ = true;
      job_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    for (std::thread& helper : helpers_) helper.join();
  }

  void run(const Group& group, int threads) {
    while (static_cast<int>(scratch_.size()) < threads) scratch_.emplace_back(new Scratch);
    // All memory comes from here: a helper could not report that there is none.
    for (int t = 0; t < threads; t++) group.encoder->kernels->reserve(group, t, threads, *scratch_[t]);
    group_ = &group;
    threads_ = threads;
    barrier_.reset(threads);
    if (threads > 1) {
      while (static_cast<int>(helpers_.size()) < threads - 1) {
        helpers_.emplace_back(&Crew::help, this, static_cast<int>(helpers_.size()) + 1, job_.load());
      }
      {
        std::lock_guard<std::mutex> lock(mutex_);
        job_.fetch_add(1, std::memory_order_release);
      }
      wake_.notify_all();
    }
    work(0);
    // The last meeting: helpers have written their rows.
    if (threads > 1) barrier_.wait();
  }

  std::vector<float> states;
  std::vector<float> projected;
  std::vector<int> starts;
  std::vector<int> rows_input;

 private:
  void work(int thread) {
    group_->encoder->kernels->run(
        *group_, thread, threads_, *scratch_[thread], [](void* barrier) { static_cast<Barrier*>(barrier)->wait(); },
        &barrier_);
  }

  void help(int thread, int seen) {
    while (true) {
      for (int spins = 0; job_.load(std::memory_order_acquire) == seen && spins < kIdleSpins; spins++) {
        __builtin_ia32_pause();
      }
      if (job_.load(std::memory_order_acquire) == seen) {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return job_.load(std::memory_order_relaxed) != seen; });
      }
      seen = job_.load(std::memory_order_acquire);
      if (ended_) return;
      if (thread < threads_) {
        work(thread);
        barrier_.wait();
      }
    }
  }

  std::vector<std::unique_ptr<Scratch>> scratch_;
  std::vector<std::thread> helpers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<int> job_{0};
  bool ended_ = false;
  Barrier barrier_;
  const Group* group_ = nullptr;
  int threads_ = 1;
};

void write_result(const Encoder& encoder, const Batch& batch, const Crew& crew, int first_input, int inputs) {
  const size_t hidden = encoder.hidden;
  for (int i = 0; i < inputs; i++) {
    const float* states = crew.states.data() + crew.starts[i] * hidden;
    const int tokens = crew.starts[i + 1] - crew.starts[i];
    const size_t input = first_input + i;
    switch (batch.output) {
      case Output::kFirstStates:
        std::memcpy(batch.out + input * hidden, states, hidden * sizeof(float));
        break;
      case Output::kAllStates: {
        float* to = batch.out + input * batch.longest * hidden;
        std::memcpy(to, states, tokens * hidden * sizeof(float));
        std::memset(to + tokens * hidden, 0, (batch.longest - tokens) * hidden * sizeof(float));
        break;
      }
      case Output::kMeanStates: {
        float* to = batch.out + input * hidden;
        std::memset(to, 0, hidden * sizeof(float));
        for (int t = 0; t < tokens; t++) {
          for (size_t k = 0; k < hidden; k++) to[k] += states[t * hidden + k];
        }
        for (size_t k = 0; k < hidden; k++) to[k] /= static_cast<float>(tokens);
        break;
      }
    }
  }
}

void compute_group(const Encoder& encoder, const Batch& batch, int threads, Crew& crew, int first_token,
                   int first_input, int inputs) {
  crew.starts.assign(1, 0);
  crew.rows_input.clear();
  for (int i = 0; i < inputs; i++) {
    const int length = batch.lengths[first_input + i];
    crew.starts.push_back(crew.starts.back() + length);
    crew.rows_input.insert(crew.rows_input.end(), length, i);
  }
  const int rows = crew.starts.back();
  const int stride = encoder.kernels->padded_projection(encoder.hidden);
  const size_t projected = static_cast<size_t>(rows) * stride;
  if (crew.states.size() < static_cast<size_t>(rows) * encoder.hidden) {
    crew.states.resize(static_cast<size_t>(rows) * encoder.hidden);
  }
  const bool alone = threads == 1 || rows < 2 * threads;
  if (crew.projected.size() < projected * (alone ? 1 : 2)) crew.projected.resize(projected * (alone ? 1 : 2));
  Group group{&encoder,
              &batch,
              first_token,
              inputs,
              rows,
              crew.starts.data(),
              crew.rows_input.data(),
              crew.states.data(),
              {crew.projected.data(), crew.projected.data() + (alone ? 0 : projected)}};
  crew.run(group, alone ? 1 : threads);
  write_result(encoder, batch, crew, first_input, inputs);
}

}  // namespace

// One crew for each call that runs at the same time.
class Crews {
 public:
  std::unique_ptr<Crew> take() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (idle_.empty()) return std::make_unique<Crew>();
    std::unique_ptr<Crew> crew = std::move(idle_.back());
    idle_.pop_back();
    return crew;
  }

  void give_back(std::unique_ptr<Crew> crew) {
    std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back(std::move(crew));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Crew>> idle_;
};

Encoder::Encoder() : crews(std::make_unique<Crews>()) {}
Encoder::~Encoder() = default;

void compute(const Encoder& encoder, const Batch& batch, int threads) {
  std::unique_ptr<Crew> crew = encoder.crews->take();
  for (int first = 0, first_token = 0; first < batch.inputs;) {
    int inputs = 0, tokens = 0;
    while (first + inputs < batch.inputs &&
           (inputs == 0 || tokens + batch.lengths[first + inputs] <= kGroupTokens)) {
      tokens += batch.lengths[first + inputs++];
    }
    compute_group(encoder, batch, threads, *crew, first_token, first, inputs);
    first += inputs;
    first_token += tokens;
  }
  encoder.crews->give_back(std::move(crew));
}

namespace {

// States of a small encoder with fixed weights, by one set of kernels.
std::vector<float> sample(const Kernels& kernels) {
  constexpr int kHidden = 64, kWide = 100, kTokens = 21;
  uint32_t seed = 1;
  const auto next = [&seed] { return static_cast<int>((seed = seed * 1664525u + 1013904223u) >> 24) - 128; };
  const auto floats = [&next](size_t count, float factor, float offset) {
    std::vector<float> values(count);
    for (float& value : values) value = offset + factor * static_cast<float>(next());
    return values;
  };
  const auto matrix = [&](int outputs, int inputs) {
    std::vector<int8_t> codes(static_cast<size_t>(outputs) * inputs);
    for (int8_t& code : codes) code = static_cast<int8_t>(next());
    return kernels.pack(outputs, inputs, codes.data(), floats(outputs, 0.f, 0.002f).data(),
                        floats(outputs, 0.004f, 0.f).data());
  };
  const Norm norm{floats(kHidden, 0.001f, 1.f), floats(kHidden, 0.001f, 0.f)};
  Encoder encoder;
  encoder.kernels = &kernels;
  encoder.hidden = kHidden;
  encoder.heads = 4;
  encoder.intermediate = kWide;
  encoder.epsilon = 1e-5f;
  for (int i = 0; i < 2; i++) {
    encoder.layers.push_back({matrix(3 * kHidden, kHidden), matrix(kHidden, kHidden), norm, matrix(kWide, kHidden),
                              matrix(kHidden, kWide), norm});
  }
  const std::vector<float> table = floats(kTokens * kHidden, 0.01f, 0.f);
  encoder.embeddings.words = encoder.embeddings.positions = table.data();
  encoder.embeddings.norm = norm;
  std::vector<int64_t> ids(kTokens);
  std::vector<int32_t> places(kTokens);
  for (int i = 0; i < kTokens; i++) ids[i] = places[i] = i;
  const int32_t lengths[] = {kTokens};
  std::vector<float> states(kTokens * kHidden);
  Batch batch;
  batch.ids = ids.data();
  batch.places = places.data();
  batch.lengths = lengths;
  batch.inputs = 1;
  batch.out = states.data();
  batch.longest = kTokens;
  compute(encoder, batch, 1);
  return states;
}

// Whether two sets of kernels compute the same but for the last bit of an activation's code.
bool agree(const Kernels& left, const Kernels& right) {
  constexpr float kTolerance = 0.06f;
  const std::vector<float> a = sample(left), b = sample(right);
  float difference = 0;
  for (size_t i = 0; i < a.size(); i++) difference += a[i] > b[i] ? a[i] - b[i] : b[i] - a[i];
  return difference <= kTolerance * static_cast<float>(a.size());
}

const Kernels* choose() {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return nullptr;
  const bool wide = __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  return wide && agree(avx512_vnni_kernels(), avx2_kernels()) ? &avx512_vnni_kernels() : &avx2_kernels();
}

}  // namespace

const Kernels* best_kernels() {
  static const Kernels* const kernels = choose();
  return kernels;
}

}  // namespace quantgate
