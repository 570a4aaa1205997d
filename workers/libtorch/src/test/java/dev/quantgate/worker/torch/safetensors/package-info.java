/** Tests of the safetensors reader and writer. */
@NullMarked
package dev.quantgate.worker.torch.safetensors;

import org.jspecify.annotations.NullMarked;
