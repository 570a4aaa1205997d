/** Tests of the answers. */
@NullMarked
package dev.quantgate.worker.torch.tasks;

import org.jspecify.annotations.NullMarked;
