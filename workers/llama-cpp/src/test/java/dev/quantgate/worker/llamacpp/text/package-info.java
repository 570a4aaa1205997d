@NullMarked
package dev.quantgate.worker.llamacpp.text;

import org.jspecify.annotations.NullMarked;
