/** Long-running operations: the journal on disk and the runner that works it off. */
@NullMarked
package dev.quantgate.worker.operations;

import org.jspecify.annotations.NullMarked;
