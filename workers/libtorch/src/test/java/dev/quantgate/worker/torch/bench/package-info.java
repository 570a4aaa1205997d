/** Measurements that are run by hand. */
@NullMarked
package dev.quantgate.worker.torch.bench;

import org.jspecify.annotations.NullMarked;
