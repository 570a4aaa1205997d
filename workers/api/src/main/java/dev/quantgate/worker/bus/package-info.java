/** The event bus between gateway and workers: the only place that knows addresses, codecs and messages. */
@NullMarked
package dev.quantgate.worker.bus;

import org.jspecify.annotations.NullMarked;
