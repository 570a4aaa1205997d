/** Requests for text, vectors and labels, and their answers. */
@NullMarked
package dev.quantgate.worker.api.inference;

import org.jspecify.annotations.NullMarked;
