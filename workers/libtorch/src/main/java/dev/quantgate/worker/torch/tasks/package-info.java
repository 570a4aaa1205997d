/** Turns requests into inputs of an encoder, and its scores into answers. */
@NullMarked
package dev.quantgate.worker.torch.tasks;

import org.jspecify.annotations.NullMarked;
