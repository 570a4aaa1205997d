/** The bare engine: the peer without a server, and prompts of exact length. */
@NullMarked
package dev.quantgate.bench.engine;

import org.jspecify.annotations.NullMarked;
