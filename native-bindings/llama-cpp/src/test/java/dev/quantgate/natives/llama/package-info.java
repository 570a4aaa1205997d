/** Tests of the llama.cpp facade, on small models with random weights that they write themselves. */
@NullMarked
package dev.quantgate.natives.llama;

import org.jspecify.annotations.NullMarked;
