// The frame around the kernels: memory of a thread, its share of the rows, and the order of the layers. Included after
// kernels_body.h, in the same namespace.

// Floats before each buffer start on a cache line.
inline size_t take(size_t& end, size_t count) {
  const size_t begin = end;
  end += (count + 15) / 16 * 16;
  return begin;
}

class Isa final : public Kernels {
 public:
  const char* name() const override { return kName; }

  Linear pack(int outputs, int inputs, const int8_t* codes, const float* scales, const float* bias) const override {
    Linear w;
    w.outputs = outputs;
    w.inputs = inputs;
    const int padded = (outputs + kColumns - 1) / kColumns * kColumns;
    const int groups = (inputs + kGroup - 1) / kGroup;
    w.packed.assign(static_cast<size_t>(padded) * groups * kGroup, 0);
    w.row_sums.assign(padded, 0);
    w.scales.assign(padded, 0.f);
    w.bias.assign(padded, 0.f);
    for (int n = 0; n < outputs; n++) {
      w.scales[n] = scales[n];
      if (bias != nullptr) w.bias[n] = bias[n];
      for (int k = 0; k < inputs; k++) {
        const int8_t code = codes[static_cast<size_t>(n) * inputs + k];
        const size_t tile = static_cast<size_t>(n / kColumns) * kColumns * groups * kGroup;
        w.packed[tile + (static_cast<size_t>(k / kGroup) * kColumns + n % kColumns) * kGroup + k % kGroup] = code;
        w.row_sums[n] += code;
      }
    }
    return w;
  }

  void reserve(const Group& group, int thread, int threads, Scratch& scratch) const override {
    part_of(group, thread, threads, scratch);
  }

  void run(const Group& group, int thread, int threads, Scratch& scratch, void (*barrier)(void*),
           void* argument) const override {
    const Encoder& encoder = *group.encoder;
    Part part = part_of(group, thread, threads, scratch);
    for (int i = 0; i < part.count; i++) part.rows[i] = part.first + i;
    start(part);
    int rows = part.count;
    const int layers = static_cast<int>(encoder.layers.size());
    for (int layer = 0; layer < layers; layer++) {
      barrier(argument);
      if (layer + 1 == layers && group.batch->output == Output::kFirstStates) rows = keep_first_rows(part);
      attend(part, layer & 1, rows);
      for (int done = 0; done < rows; done += part.block_rows) {
        finish_layer(part, layer, done, rows - done < part.block_rows ? rows - done : part.block_rows);
      }
    }
  }

  void apply(const Linear& w, const float* x, int rows, float* y) const override {
    constexpr int kBlockRows = 4 * kTileRows;
    const int code_stride = (w.inputs + 31) / 32 * 32;
    const int stride = (w.outputs + kColumns - 1) / kColumns * kColumns;
    std::vector<uint8_t> codes(static_cast<size_t>(kBlockRows) * code_stride);
    std::vector<float> scales(kBlockRows), block(static_cast<size_t>(kBlockRows) * stride);
    std::vector<int32_t> zeros(kBlockRows);
    for (int done = 0; done < rows; done += kBlockRows) {
      const int count = rows - done < kBlockRows ? rows - done : kBlockRows;
      const Quantized quantized{codes.data(), scales.data(), zeros.data()};
      quantize_rows(x + static_cast<size_t>(done) * w.inputs, w.inputs, count, w.inputs, quantized, code_stride);
      multiply(quantized, code_stride, count, w, -1, {block.data(), stride});
      for (int i = 0; i < count; i++) {
        __builtin_memcpy(y + static_cast<size_t>(done + i) * w.outputs, block.data() + static_cast<size_t>(i) * stride,
                         w.outputs * sizeof(float));
      }
    }
  }

  int padded_projection(int hidden) const override { return (3 * hidden + kColumns - 1) / kColumns * kColumns; }

 private:
  Part part_of(const Group& group, int thread, int threads, Scratch& scratch) const {
    const Encoder& encoder = *group.encoder;
    const int first = static_cast<int>(static_cast<int64_t>(group.rows) * thread / threads);
    const int count = static_cast<int>(static_cast<int64_t>(group.rows) * (thread + 1) / threads) - first;
    const int most = encoder.intermediate > encoder.hidden ? encoder.intermediate : encoder.hidden;
    Part part{group, encoder, first, count};
    part.block_rows = block_rows(encoder);
    part.projected_stride = padded_projection(encoder.hidden);
    // A cache line more than is needed: rows whose distance is a multiple of a page share the same few lines of the cache.
    part.hidden_stride = (encoder.hidden + kColumns - 1) / kColumns * kColumns + 16;
    part.wide_stride = (encoder.intermediate + kColumns - 1) / kColumns * kColumns + 16;
    part.code_stride = (most + 31) / 32 * 32 + 64;
    lay_out_memory(part, scratch);
    return part;
  }

  // As many rows as keep the widest buffer in the second-level cache.
  static int block_rows(const Encoder& encoder) {
    constexpr int kBlockFloats = 96 * 1024;
    int rows = kBlockFloats / encoder.intermediate / kTileRows * kTileRows;
    if (rows < 4 * kTileRows) rows = 4 * kTileRows;
    return rows > 16 * kTileRows ? 16 * kTileRows : rows;
  }

  static int keep_first_rows(Part& part) {
    int kept = 0;
    for (int i = 0; i < part.count; i++) {
      const int row = part.first + i;
      if (part.group.starts[part.group.rows_input[row]] == row) part.rows[kept++] = row;
    }
    return kept;
  }

  static void lay_out_memory(Part& part, Scratch& scratch) {
    const Encoder& encoder = part.encoder;
    const int size = encoder.hidden / encoder.heads;
    const size_t padded_size = (size + kColumns - 1) / kColumns * kColumns;
    size_t longest = 0;
    for (int i = 0; i < part.group.inputs; i++) {
      const size_t tokens = part.group.starts[i + 1] - part.group.starts[i];
      longest = tokens > longest ? tokens : longest;
    }
    const size_t padded_tokens = (longest + kColumns - 1) / kColumns * kColumns;
    size_t end = 0;
    const size_t context = take(end, static_cast<size_t>(part.count) * encoder.hidden);
    const size_t narrow = take(end, static_cast<size_t>(part.block_rows) * part.hidden_stride);
    const size_t wide = take(end, static_cast<size_t>(part.block_rows) * part.wide_stride);
    const size_t head = take(end, padded_tokens * (size + kTileRows) + longest * padded_size);
    const size_t scales = take(end, part.block_rows);
    if (scratch.floats.size() < end) scratch.floats.resize(end);
    part.context = scratch.floats.data() + context;
    part.narrow = scratch.floats.data() + narrow;
    part.wide = scratch.floats.data() + wide;
    part.head = scratch.floats.data() + head;
    part.codes.scales = scratch.floats.data() + scales;
    const size_t codes = static_cast<size_t>(part.block_rows) * part.code_stride;
    if (scratch.codes.size() < codes) scratch.codes.resize(codes);
    part.codes.codes = scratch.codes.data();
    const size_t rows = part.count > part.block_rows ? part.count : part.block_rows;
    if (scratch.rows.size() < rows + part.block_rows) scratch.rows.resize(rows + part.block_rows);
    part.rows = scratch.rows.data();
    part.codes.zeros = scratch.rows.data() + rows;
    if (scratch.queries.size() < rows) scratch.queries.resize(rows);
    if (scratch.results.size() < rows) scratch.results.resize(rows);
    part.queries = scratch.queries.data();
    part.results = scratch.results.data();
  }
};
