/** The llama.cpp backend. Start at {@link dev.quantgate.worker.llamacpp.LlamaCppBackend}. */
@NullMarked
package dev.quantgate.worker.llamacpp;

import org.jspecify.annotations.NullMarked;
