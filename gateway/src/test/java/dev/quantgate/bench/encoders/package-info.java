/** Transformer encoders on libtorch beside onnxruntime and Python's torch. */
@NullMarked
package dev.quantgate.bench.encoders;

import org.jspecify.annotations.NullMarked;
