/** Tests of the libtorch binding. */
@NullMarked
package dev.quantgate.natives.torch;

import org.jspecify.annotations.NullMarked;
