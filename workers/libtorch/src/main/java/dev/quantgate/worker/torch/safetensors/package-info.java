/** Reads, verifies and writes safetensors files in plain Java; native code never sees an unverified one. */
@NullMarked
package dev.quantgate.worker.torch.safetensors;

import org.jspecify.annotations.NullMarked;
