/** Clients that put load on servers and note when each token came. */
@NullMarked
package dev.quantgate.bench.load;

import org.jspecify.annotations.NullMarked;
