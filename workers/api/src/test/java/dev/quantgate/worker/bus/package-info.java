/** Tests of the bus. */
@NullMarked
package dev.quantgate.worker.bus;

import org.jspecify.annotations.NullMarked;
