/** Measures Quantgate against its peers; {@code scripts/bench} runs it. Not part of the product. */
@NullMarked
package dev.quantgate.bench;

import org.jspecify.annotations.NullMarked;
