/** Server and tool processes that are measured. */
@NullMarked
package dev.quantgate.bench.process;

import org.jspecify.annotations.NullMarked;
