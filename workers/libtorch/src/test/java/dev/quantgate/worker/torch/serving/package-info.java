/** Tests of the batching engine. */
@NullMarked
package dev.quantgate.worker.torch.serving;

import org.jspecify.annotations.NullMarked;
