/** Quantises encoder checkpoints after training and measures what that changed. */
@NullMarked
package dev.quantgate.worker.torch.quantize;

import org.jspecify.annotations.NullMarked;
