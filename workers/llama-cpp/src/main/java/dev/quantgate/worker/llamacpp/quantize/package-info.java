/** Quantising model files: the types on offer, the checks before, the run, and the proof that the result works. */
@NullMarked
package dev.quantgate.worker.llamacpp.quantize;

import org.jspecify.annotations.NullMarked;
