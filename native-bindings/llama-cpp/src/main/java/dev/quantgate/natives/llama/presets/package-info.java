/** The JavaCPP preset: how the C headers of llama.cpp are mapped to Java. Used at build time only. */
@NullMarked
package dev.quantgate.natives.llama.presets;

import org.jspecify.annotations.NullMarked;
