/** From token bytes to the text that a client sees: whole characters, without stop strings. */
@NullMarked
package dev.quantgate.worker.llamacpp.text;

import org.jspecify.annotations.NullMarked;
