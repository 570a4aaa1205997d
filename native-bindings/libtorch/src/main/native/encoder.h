// Transformer encoder layers with int8 weights, computed whole: what the library's own operators do one by one.
//
// Activations are quantised per token (asymmetric; 8 bits, or 7 where the products of 8 would saturate), so an answer
// does not depend on what else is in its batch, and inputs of a batch need no padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace quantgate {

enum class Activation : int { kGelu = 0, kGeluTanh = 1, kRelu = 2, kSilu = 3 };

enum class Output : int { kAllStates = 0, kFirstStates = 1, kMeanStates = 2 };

// A matrix [outputs, inputs], packed by the kernels that read it; scales and bias padded like its rows.
struct Linear {
  int outputs = 0;
  int inputs = 0;
  std::vector<int8_t> packed;
  std::vector<int32_t> row_sums;
  std::vector<float> scales;
  std::vector<float> bias;
};

struct Norm {
  std::vector<float> weight;
  std::vector<float> bias;
};

struct Layer {
  Linear projection;  // queries, keys, values
  Linear attention_output;
  Norm attention_norm;
  Linear expand;
  Linear contract;
  Norm output_norm;
};

// Tables belong to the caller and outlive the encoder.
struct Embeddings {
  const float* words = nullptr;          // [vocabulary, hidden], or null
  const int8_t* word_codes = nullptr;    // [vocabulary, hidden] when words is null
  const float* word_scales = nullptr;    // [vocabulary]
  const float* positions = nullptr;      // [positions, hidden]
  const float* types = nullptr;          // [types, hidden], or null
  Norm norm;
};

struct Batch {
  const int64_t* ids = nullptr;     // of all inputs, one after the other
  const int32_t* places = nullptr;  // rows of the position table
  const int64_t* types = nullptr;   // or null
  const int32_t* lengths = nullptr;
  int inputs = 0;
  Output output = Output::kAllStates;
  float* out = nullptr;     // kAllStates: [inputs, longest, hidden]; others: [inputs, hidden]
  int longest = 0;
};

class Kernels;
class Crews;

struct Encoder {
  Encoder();
  ~Encoder();
  const Kernels* kernels = nullptr;
  int hidden = 0;
  int heads = 0;
  int intermediate = 0;
  float epsilon = 0;
  Activation activation = Activation::kGelu;
  Embeddings embeddings;
  std::vector<Layer> layers;
  std::unique_ptr<Crews> crews;  // threads and memory of calls, kept for the next ones
};

// Memory of one call: grows to what the largest group of inputs needs and is used again.
struct Scratch {
  std::vector<float> floats;
  std::vector<uint8_t> codes;
  std::vector<int32_t> rows;
  std::vector<const float*> queries;
  std::vector<float*> results;
};

// A group of inputs that all threads of a call work on together.
struct Group {
  const Encoder* encoder;
  const Batch* batch;
  int first_token;  // of the group, among the batch's
  int inputs;
  int rows;
  const int* starts;  // [inputs + 1] first row of each input within the group
  const int* rows_input;  // [rows] input of each row
  float* states;      // [rows, hidden]
  float* projected[2];  // [rows, 3 * hidden] each; layers take turns, so one barrier a layer is enough
};

// One set of kernels for one set of instructions.
class Kernels {
 public:
  virtual ~Kernels() = default;
  virtual const char* name() const = 0;
  // codes is [outputs, inputs] row-major, scales [outputs], bias [outputs] or null.
  virtual Linear pack(int outputs, int inputs, const int8_t* codes, const float* scales, const float* bias) const = 0;
  // Floats from one row of Group::projected to the next.
  virtual int padded_projection(int hidden) const = 0;
  // y [rows, outputs] = x w^T + bias for x [rows, inputs].
  virtual void apply(const Linear& w, const float* x, int rows, float* y) const = 0;
  // Makes room for the part of thread `thread` of `threads`; throws std::bad_alloc.
  virtual void reserve(const Group& group, int thread, int threads, Scratch& scratch) const = 0;
  // Computes that part, for which room has been made; `barrier` is called once a layer. Throws nothing.
  virtual void run(const Group& group, int thread, int threads, Scratch& scratch, void (*barrier)(void*),
                   void* barrier_argument) const = 0;
};

const Kernels& avx2_kernels();
const Kernels& avx512_vnni_kernels();
// The fastest set that this processor runs and that agrees with the others; null where it runs none.
const Kernels* best_kernels();

// Computes a batch with `threads` threads: the caller's and helpers that wait between calls.
void compute(const Encoder& encoder, const Batch& batch, int threads);

}  // namespace quantgate
