@NullMarked
package dev.quantgate.worker.llamacpp;

import org.jspecify.annotations.NullMarked;
