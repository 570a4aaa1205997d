/** Comparisons with what the original libraries answer for the same checkpoints. */
@NullMarked
package dev.quantgate.worker.torch.golden;

import org.jspecify.annotations.NullMarked;
