@NullMarked
package dev.quantgate.worker.llamacpp.schedule;

import org.jspecify.annotations.NullMarked;
