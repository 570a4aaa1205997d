/** The suite {@code serving}: Quantgate beside llama-server. */
@NullMarked
package dev.quantgate.bench.serving;

import org.jspecify.annotations.NullMarked;
