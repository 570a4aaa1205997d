/** Tests of the libtorch worker. */
@NullMarked
package dev.quantgate.worker.torch;

import org.jspecify.annotations.NullMarked;
