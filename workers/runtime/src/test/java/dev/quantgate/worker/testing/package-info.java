/** A backend without an engine, and what tests of stores and processes share. */
@NullMarked
package dev.quantgate.worker.testing;

import org.jspecify.annotations.NullMarked;
