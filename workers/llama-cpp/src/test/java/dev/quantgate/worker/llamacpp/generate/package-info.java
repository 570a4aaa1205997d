@NullMarked
package dev.quantgate.worker.llamacpp.generate;

import org.jspecify.annotations.NullMarked;
