/** Configurations, weights and forward passes of transformer encoders. */
@NullMarked
package dev.quantgate.worker.torch.model;

import org.jspecify.annotations.NullMarked;
