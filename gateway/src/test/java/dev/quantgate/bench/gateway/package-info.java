/** The suite {@code gateway}: what reaches a client of the engine's speed. */
@NullMarked
package dev.quantgate.bench.gateway;

import org.jspecify.annotations.NullMarked;
