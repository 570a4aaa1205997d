/**
 * From a request to its events: rendering and tokenising, choosing tokens, and turning them into pieces of an answer.
 *
 * <p>Start at {@link dev.quantgate.worker.llamacpp.generate.Generations}.
 */
@NullMarked
package dev.quantgate.worker.llamacpp.generate;

import org.jspecify.annotations.NullMarked;
