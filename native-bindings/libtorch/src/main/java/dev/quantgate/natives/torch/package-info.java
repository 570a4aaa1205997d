/**
 * Loads libtorch and offers the operators an encoder needs, without a JavaCPP type in any public signature.
 */
@NullMarked
package dev.quantgate.natives.torch;

import org.jspecify.annotations.NullMarked;
