/** Types of the KV cache: what they cost in quality, and what they give in memory and speed. */
@NullMarked
package dev.quantgate.bench.kv;

import org.jspecify.annotations.NullMarked;
