/** Tests of the encoders. */
@NullMarked
package dev.quantgate.worker.torch.model;

import org.jspecify.annotations.NullMarked;
