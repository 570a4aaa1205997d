// Conversions of weights as ggml makes them, bit for bit, but with the instructions of today's processors: the part of ggml
// that quantises is built for any x86-64.
#pragma once

#include "ggml.h"

#include <cstdint>

namespace quantgate::convert {

// Makes floats of whole rows; false if ggml has to.
bool to_floats(ggml_type from, const void * rows, float * floats, int64_t n);

// Quantises whole rows; false if ggml has to.
bool quantize(ggml_type to, const float * floats, void * rows, int64_t n);

} // namespace quantgate::convert
