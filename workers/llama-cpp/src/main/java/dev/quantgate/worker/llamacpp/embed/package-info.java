/** Vectors for texts: on the decode loop's thread, in slices between its steps, with contexts of their own. */
@NullMarked
package dev.quantgate.worker.llamacpp.embed;

import org.jspecify.annotations.NullMarked;
