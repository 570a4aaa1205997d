/** A gateway under mixed load for minutes: no token lost, repeated or changed, and no resource that grows. */
@NullMarked
package dev.quantgate.bench.soak;

import org.jspecify.annotations.NullMarked;
