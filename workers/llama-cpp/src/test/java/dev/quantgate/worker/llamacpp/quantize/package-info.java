@NullMarked
package dev.quantgate.worker.llamacpp.quantize;

import org.jspecify.annotations.NullMarked;
