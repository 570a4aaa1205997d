/** Tests of requests for text, vectors and labels. */
@NullMarked
package dev.quantgate.worker.api.inference;

import org.jspecify.annotations.NullMarked;
