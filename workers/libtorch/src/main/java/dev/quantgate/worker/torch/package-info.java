/** The libtorch backend: serves and quantises transformer encoders. */
@NullMarked
package dev.quantgate.worker.torch;

import org.jspecify.annotations.NullMarked;
