/** Gathers concurrent inputs into batches and runs them on a fixed number of threads. */
@NullMarked
package dev.quantgate.worker.torch.serving;

import org.jspecify.annotations.NullMarked;
