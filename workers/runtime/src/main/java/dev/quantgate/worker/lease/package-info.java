/** Fenced ownership of a model's state between threads and processes. */
@NullMarked
package dev.quantgate.worker.lease;

import org.jspecify.annotations.NullMarked;
