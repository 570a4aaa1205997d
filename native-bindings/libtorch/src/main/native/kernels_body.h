// The kernels, written once over vectors of kLanes floats. Included by one file for each set of instructions, inside a
// namespace of its own and after a target pragma; that file has defined kLanes, kGroup, kTileRows, kLevels and the int8 products.
//
// Not a header in the usual sense: it has no guard, and everything it needs is included before the pragma, so that no
// inline function of the standard library is compiled for instructions the processor may not have.

typedef float Floats __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));
typedef int32_t Ints __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));

constexpr int kColumns = 2 * kLanes;

QG_INLINE Floats load(const float* p) { return *reinterpret_cast<const Floats*>(p); }
QG_INLINE void store(float* p, Floats v) { *reinterpret_cast<Floats*>(p) = v; }
QG_INLINE Floats all(float v) { return v - Floats{}; }
QG_INLINE Floats smaller(Floats a, Floats b) { return a < b ? a : b; }
QG_INLINE Floats larger(Floats a, Floats b) { return a > b ? a : b; }
QG_INLINE Floats bits(Ints v) { return reinterpret_cast<Floats>(v); }
QG_INLINE int rounded_up(int value, int step) { return (value + step - 1) / step * step; }

QG_INLINE float sum(Floats v) {
  float total = 0;
  for (int i = 0; i < kLanes; i++) total += v[i];
  return total;
}

QG_INLINE float largest(Floats v) {
  float most = v[0];
  for (int i = 1; i < kLanes; i++) most = v[i] > most ? v[i] : most;
  return most;
}

// e^x, relative error below 3e-7; arguments below -87 give 0 or almost.
QG_INLINE Floats exponential(Floats x) {
  x = larger(smaller(x, all(88.f)), all(-87.f));
  Floats n = x * all(1.44269504f) + all(12582912.f);  // rounds: 1.5 * 2^23
  Ints power = (reinterpret_cast<Ints>(n) << 23) + 0x3f800000;
  n -= all(12582912.f);
  Floats r = x - n * all(0.693359375f);
  r = r + n * all(2.12194440e-4f);
  Floats p = all(1.9875691500e-4f);
  p = p * r + all(1.3981999507e-3f);
  p = p * r + all(8.3334519073e-3f);
  p = p * r + all(4.1665795894e-2f);
  p = p * r + all(1.6666665459e-1f);
  p = p * r + all(5.0000001201e-1f);
  return (p * r * r + r + all(1.f)) * bits(power);
}

// The error function: a Chebyshev fit of erf(z) / z over z^2 below 3.6^2, absolute error below 1e-6.
QG_INLINE Floats error_function(Floats z) {
  z = larger(smaller(z, all(3.6f)), all(-3.6f));
  Floats v = z * z * all(0.154320988f) - all(1.f);
  Floats p = all(2.729401483e-03f);
  p = p * v + all(-6.031278231e-03f);
  p = p * v + all(4.302724336e-03f);
  p = p * v + all(-7.580904023e-03f);
  p = p * v + all(2.152218552e-02f);
  p = p * v + all(-3.501450719e-02f);
  p = p * v + all(4.816431494e-02f);
  p = p * v + all(-6.730011462e-02f);
  p = p * v + all(8.983867424e-02f);
  p = p * v + all(-1.138864881e-01f);
  p = p * v + all(1.438089155e-01f);
  p = p * v + all(-1.954871573e-01f);
  p = p * v + all(3.927121481e-01f);
  return p * z;
}

QG_INLINE Floats activated(Floats x, int activation) {
  switch (activation) {
    case static_cast<int>(Activation::kGelu):
      return x * (all(0.5f) + all(0.5f) * error_function(x * all(0.707106781f)));
    case static_cast<int>(Activation::kGeluTanh): {
      // 0.5 * (1 + tanh(u)) is the logistic function of 2u.
      Floats u = all(1.59576912f) * (x + all(0.044715f) * x * x * x);
      return x / (all(1.f) + exponential(-u));
    }
    case static_cast<int>(Activation::kRelu):
      return larger(x, all(0.f));
    case static_cast<int>(Activation::kSilu):
      return x / (all(1.f) + exponential(-x));
    default:
      return x;
  }
}

// Codes of several rows, each with the scale and the zero point of its own.
struct Quantized {
  uint8_t* codes;
  float* scales;
  int32_t* zeros;
};

// Quantises n floats to kLevels + 1 codes; the codes of the padding up to a whole group stand for 0.
QG_INLINE void quantize(const float* x, int n, Quantized to, int row, int stride) {
  Floats low = all(0.f), high = all(0.f);
  int i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    Floats v = load(x + i);
    low = smaller(low, v);
    high = larger(high, v);
  }
  float least = -largest(-low), most = largest(high);
  for (; i < n; i++) {
    least = x[i] < least ? x[i] : least;
    most = x[i] > most ? x[i] : most;
  }
  float scale = (most - least) / kLevels;
  if (!(scale > 1e-30f)) scale = 1.f;
  float inverse = 1.f / scale;
  float zero = __builtin_rintf(-least * inverse);
  zero = zero < 0.f ? 0.f : zero > kLevels ? kLevels : zero;
  to.scales[row] = scale;
  to.zeros[row] = static_cast<int32_t>(zero);
  encode(x, n, inverse, static_cast<int32_t>(zero), to.codes + static_cast<ptrdiff_t>(row) * stride);
}

struct Result {
  float* to;
  int stride;
};

template <int ROWS>
QG_INLINE void multiply_tile(const uint8_t* a, int a_stride, const float* scales, const int32_t* zeros, const Linear& w,
                             int column, int activation, Result result) {
  Ints sums[ROWS][2];
  const int groups = rounded_up(w.inputs, kGroup) / kGroup;
  products<ROWS>(a, a_stride, w.packed.data() + static_cast<ptrdiff_t>(column) * groups * kGroup, groups, sums);
#pragma GCC unroll 2
  for (int half = 0; half < 2; half++) {
    const int at = column + half * kLanes;
    Floats weight_scale = load(w.scales.data() + at);
    Floats bias = load(w.bias.data() + at);
    Ints row_sums = *reinterpret_cast<const Ints*>(w.row_sums.data() + at);
#pragma GCC unroll 12
    for (int r = 0; r < ROWS; r++) {
      Ints exact = sums[r][half] - row_sums * zeros[r];  // without what the zero point of the codes has added
      Floats value = __builtin_convertvector(exact, Floats) * (weight_scale * all(scales[r])) + bias;
      store(result.to + static_cast<ptrdiff_t>(r) * result.stride + at, activated(value, activation));
    }
  }
}

template <int ROWS>
QG_KERNEL void multiply_rows(const uint8_t* a, int a_stride, const float* scales, const int32_t* zeros, const Linear& w,
                             int column, int activation, Result result) {
  switch (activation) {
    case static_cast<int>(Activation::kGelu):
      return multiply_tile<ROWS>(a, a_stride, scales, zeros, w, column, static_cast<int>(Activation::kGelu), result);
    case -1:
      return multiply_tile<ROWS>(a, a_stride, scales, zeros, w, column, -1, result);
    default:
      return multiply_tile<ROWS>(a, a_stride, scales, zeros, w, column, activation, result);
  }
}

// Calls work.at<COUNT>(first) for tiles of up to kTileRows rows, of sizes as equal as can be.
template <int ROWS = kTileRows, typename Work>
QG_INLINE void tile_of(int rows, int first, Work& work) {
  if constexpr (ROWS > 0) {
    if (rows == ROWS) return work.template at<ROWS>(first);
    tile_of<ROWS - 1>(rows, first, work);
  }
}

template <typename Work>
QG_INLINE void in_tiles(int rows, Work& work) {
  int tiles = (rows + kTileRows - 1) / kTileRows;
  for (int tile = 0, first = 0; tile < tiles; tile++) {
    int count = rows / tiles + (tile < rows % tiles ? 1 : 0);
    tile_of(count, first, work);
    first += count;
  }
}

struct Multiplication {
  Quantized a;
  int a_stride;
  const Linear& w;
  int column;
  int activation;
  Result result;
  template <int ROWS>
  QG_MEMBER void at(int first) {
    multiply_rows<ROWS>(a.codes + static_cast<ptrdiff_t>(first) * a_stride, a_stride, a.scales + first, a.zeros + first,
                        w, column, activation,
                        {result.to + static_cast<ptrdiff_t>(first) * result.stride, result.stride});
  }
};

// result [rows, outputs] = activation(a w^T + bias); result rows are padded to whole columns of a tile.
QG_KERNEL void multiply(Quantized a, int a_stride, int rows, const Linear& w, int activation, Result result) {
  for (int column = 0; column < w.outputs; column += kColumns) {
    Multiplication work{a, a_stride, w, column, activation, result};
    in_tiles(rows, work);
  }
}

QG_KERNEL void normalize(const float* x, const float* residual, int n, const Norm& norm, float epsilon, float* to) {
  Floats total = {};
  int i = 0;
  float rest = 0;
  for (; i + kLanes <= n; i += kLanes) {
    Floats v = residual == nullptr ? load(x + i) : load(x + i) + load(residual + i);
    store(to + i, v);
    total += v;
  }
  for (; i < n; i++) rest += to[i] = residual == nullptr ? x[i] : x[i] + residual[i];
  const float mean = (sum(total) + rest) / static_cast<float>(n);
  Floats squares = {};
  rest = 0;
  for (i = 0; i + kLanes <= n; i += kLanes) {
    Floats v = load(to + i) - all(mean);
    squares += v * v;
  }
  for (; i < n; i++) rest += (to[i] - mean) * (to[i] - mean);
  const float factor = 1.f / __builtin_sqrtf((sum(squares) + rest) / static_cast<float>(n) + epsilon);
  const float* weight = norm.weight.data();
  const float* bias = norm.bias.data();
  for (i = 0; i + kLanes <= n; i += kLanes) {
    store(to + i, (load(to + i) - all(mean)) * all(factor) * load(weight + i) + load(bias + i));
  }
  for (; i < n; i++) to[i] = (to[i] - mean) * factor * weight[i] + bias[i];
}

// One head of one input, laid out for the products: keys [size, tokens], values [tokens, padded size].
struct Head {
  float* keys;
  float* values;
  float* scores;  // [kTileRows, padded tokens]
  int tokens;
  int padded_tokens;
  int size;
  int padded_size;
  float scale;
};

template <int ROWS>
QG_KERNEL void attend_rows(const Head& head, const float* const* queries, float* const* results) {
  const int stride = head.padded_tokens;
  Floats most[ROWS];
  for (int r = 0; r < ROWS; r++) most[r] = all(-3e38f);
  for (int t = 0; t < head.padded_tokens; t += kColumns) {
    Floats sums[ROWS][2];
#pragma GCC unroll 12
    for (int r = 0; r < ROWS; r++) sums[r][0] = sums[r][1] = all(0.f);
    const float* key = head.keys + t;
    for (int i = 0; i < head.size; i++, key += stride) {
      Floats left = load(key), right = load(key + kLanes);
#pragma GCC unroll 12
      for (int r = 0; r < ROWS; r++) {
        Floats q = all(queries[r][i]);
        sums[r][0] += q * left;
        sums[r][1] += q * right;
        QG_IN_ORDER(sums[r][0], sums[r][1]);
      }
    }
#pragma GCC unroll 12
    for (int r = 0; r < ROWS; r++) {
      float* to = head.scores + static_cast<ptrdiff_t>(r) * stride + t;
      store(to, sums[r][0]);
      store(to + kLanes, sums[r][1]);
      for (int i = head.tokens - t; i < kColumns; i++) {
        if (i >= 0) to[i] = -3e38f;
      }
      most[r] = larger(most[r], larger(load(to), load(to + kLanes)));
    }
  }
  float factors[ROWS];
  for (int r = 0; r < ROWS; r++) {
    Floats top = all(largest(most[r]) * head.scale);
    Floats total = {};
    float* scores = head.scores + static_cast<ptrdiff_t>(r) * stride;
    for (int t = 0; t < head.padded_tokens; t += kLanes) {
      Floats e = exponential(load(scores + t) * all(head.scale) - top);
      store(scores + t, e);
      total += e;
    }
    factors[r] = 1.f / sum(total);
  }
  for (int column = 0; column < head.padded_size; column += kColumns) {
    Floats sums[ROWS][2];
#pragma GCC unroll 12
    for (int r = 0; r < ROWS; r++) sums[r][0] = sums[r][1] = all(0.f);
    const float* value = head.values + column;
    for (int t = 0; t < head.tokens; t++, value += head.padded_size) {
      Floats left = load(value), right = load(value + kLanes);
#pragma GCC unroll 12
      for (int r = 0; r < ROWS; r++) {
        Floats p = all(head.scores[static_cast<ptrdiff_t>(r) * stride + t]);
        sums[r][0] += p * left;
        sums[r][1] += p * right;
        QG_IN_ORDER(sums[r][0], sums[r][1]);
      }
    }
#pragma GCC unroll 12
    for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 2
      for (int half = 0; half < 2; half++) {
        const int at = column + half * kLanes;
        Floats v = sums[r][half] * all(factors[r]);
        if (at + kLanes <= head.size) {
          store(results[r] + at, v);
        } else {
          for (int i = 0; at + i < head.size; i++) results[r][at + i] = v[i];
        }
      }
    }
  }
}

struct Attention {
  const Head& head;
  const float* const* queries;
  float* const* results;
  template <int ROWS>
  QG_MEMBER void at(int first) {
    attend_rows<ROWS>(head, queries + first, results + first);
  }
};

// What a thread works with: a slice of the group's rows and buffers for a block of them.
struct Part {
  const Group& group;
  const Encoder& encoder;
  int first = 0;
  int count = 0;
  int block_rows = 0;
  int projected_stride = 0;
  int hidden_stride = 0;
  int wide_stride = 0;
  int code_stride = 0;
  float* context = nullptr;  // [count, hidden]
  float* narrow = nullptr;   // [block, hidden]
  float* wide = nullptr;     // [block, intermediate]
  float* head = nullptr;     // keys, values and scores of one head
  Quantized codes = {};
  const float** queries = nullptr;
  float** results = nullptr;
  int* rows = nullptr;  // rows of the group that are computed
};

QG_KERNEL void quantize_rows(const float* from, int stride, int count, int n, Quantized to, int code_stride) {
  for (int i = 0; i < count; i++) quantize(from + static_cast<ptrdiff_t>(i) * stride, n, to, i, code_stride);
}

QG_KERNEL void embed(const Part& part, int row, float* scratch) {
  const Embeddings& tables = part.encoder.embeddings;
  const Batch& batch = *part.group.batch;
  const ptrdiff_t hidden = part.encoder.hidden;
  const ptrdiff_t token = part.group.first_token + row;
  const ptrdiff_t id = batch.ids[token];
  const float* place = tables.positions + batch.places[token] * hidden;
  const float* type = tables.types == nullptr || batch.types == nullptr ? nullptr
                                                                         : tables.types + batch.types[token] * hidden;
  for (ptrdiff_t i = 0; i < hidden; i++) {
    float word = tables.words != nullptr ? tables.words[id * hidden + i]
                                         : static_cast<float>(tables.word_codes[id * hidden + i]) * tables.word_scales[id];
    scratch[i] = word + place[i] + (type == nullptr ? 0.f : type[i]);
  }
  normalize(scratch, nullptr, part.encoder.hidden, tables.norm, part.encoder.epsilon,
            part.group.states + static_cast<ptrdiff_t>(row) * hidden);
}

QG_KERNEL void project(Part& part, const Layer& layer, int turn, int first_row, int count) {
  multiply(part.codes, part.code_stride, count, layer.projection, -1,
           {part.group.projected[turn] + static_cast<ptrdiff_t>(first_row) * part.projected_stride,
            part.projected_stride});
}

QG_KERNEL void start(Part& part) {
  const int hidden = part.encoder.hidden;
  for (int done = 0; done < part.count; done += part.block_rows) {
    const int count = part.count - done < part.block_rows ? part.count - done : part.block_rows;
    for (int i = 0; i < count; i++) {
      const int row = part.first + done + i;
      embed(part, row, part.narrow);
      quantize(part.group.states + static_cast<ptrdiff_t>(row) * hidden, hidden, part.codes, i, part.code_stride);
    }
    project(part, part.encoder.layers[0], 0, part.first + done, count);
  }
}

QG_KERNEL void lay_out(Head& head, const float* projected, int stride, int hidden, int offset) {
  for (int t = 0; t < head.tokens; t++) {
    const float* key = projected + static_cast<ptrdiff_t>(t) * stride + hidden + offset;
    const float* value = key + hidden;
    float* keys = head.keys + t;
    float* values = head.values + static_cast<ptrdiff_t>(t) * head.padded_size;
    for (int i = 0; i < head.size; i++, keys += head.padded_tokens) *keys = key[i];
    for (int i = 0; i < head.size; i++) values[i] = value[i];
    for (int i = head.size; i < head.padded_size; i++) values[i] = 0.f;
  }
  for (int i = 0; i < head.size; i++) {
    for (int t = head.tokens; t < head.padded_tokens; t++) {
      head.keys[static_cast<ptrdiff_t>(i) * head.padded_tokens + t] = 0.f;
    }
  }
}

// Attention of rows[0..count), which lie in ascending order, to all rows of their inputs.
QG_KERNEL void attend(Part& part, int turn, int count) {
  const Encoder& encoder = part.encoder;
  const int hidden = encoder.hidden;
  const int size = hidden / encoder.heads;
  const float* projected = part.group.projected[turn];
  for (int begin = 0, end; begin < count; begin = end) {
    const int input = part.group.rows_input[part.rows[begin]];
    const int first = part.group.starts[input];
    const int tokens = part.group.starts[input + 1] - first;
    for (end = begin; end < count && part.group.rows_input[part.rows[end]] == input; end++) {
    }
    Head head{};
    head.tokens = tokens;
    head.padded_tokens = rounded_up(tokens, kColumns);
    head.size = size;
    head.padded_size = rounded_up(size, kColumns);
    head.scale = 1.f / __builtin_sqrtf(static_cast<float>(size));
    head.keys = part.head;
    head.values = head.keys + static_cast<ptrdiff_t>(size) * head.padded_tokens;
    head.scores = head.values + static_cast<ptrdiff_t>(tokens) * head.padded_size;
    for (int h = 0; h < encoder.heads; h++) {
      const int offset = h * size;
      lay_out(head, projected + static_cast<ptrdiff_t>(first) * part.projected_stride, part.projected_stride, hidden,
              offset);
      for (int i = begin; i < end; i++) {
        part.queries[i] = projected + static_cast<ptrdiff_t>(part.rows[i]) * part.projected_stride + offset;
        part.results[i] = part.context + static_cast<ptrdiff_t>(i) * hidden + offset;
      }
      Attention work{head, part.queries + begin, part.results + begin};
      in_tiles(end - begin, work);
    }
  }
}

// Everything of a layer after its attention, and the projection of the next one, for a block of rows.
QG_KERNEL void finish_layer(Part& part, int index, int done, int count) {
  const Encoder& encoder = part.encoder;
  const Layer& layer = encoder.layers[index];
  const int hidden = encoder.hidden;
  quantize_rows(part.context + static_cast<ptrdiff_t>(done) * hidden, hidden, count, hidden, part.codes,
                part.code_stride);
  multiply(part.codes, part.code_stride, count, layer.attention_output, -1, {part.narrow, part.hidden_stride});
  for (int i = 0; i < count; i++) {
    float* state = part.group.states + static_cast<ptrdiff_t>(part.rows[done + i]) * hidden;
    normalize(part.narrow + static_cast<ptrdiff_t>(i) * part.hidden_stride, state, hidden, layer.attention_norm,
              encoder.epsilon, state);
    quantize(state, hidden, part.codes, i, part.code_stride);
  }
  multiply(part.codes, part.code_stride, count, layer.expand, static_cast<int>(encoder.activation),
           {part.wide, part.wide_stride});
  quantize_rows(part.wide, part.wide_stride, count, encoder.intermediate, part.codes, part.code_stride);
  multiply(part.codes, part.code_stride, count, layer.contract, -1, {part.narrow, part.hidden_stride});
  const bool last = index + 1 == static_cast<int>(encoder.layers.size());
  for (int i = 0; i < count; i++) {
    float* state = part.group.states + static_cast<ptrdiff_t>(part.rows[done + i]) * hidden;
    normalize(part.narrow + static_cast<ptrdiff_t>(i) * part.hidden_stride, state, hidden, layer.output_norm,
              encoder.epsilon, state);
    if (!last) quantize(state, hidden, part.codes, i, part.code_stride);
  }
  if (!last) project(part, encoder.layers[index + 1], (index + 1) & 1, part.rows[done], count);
}
