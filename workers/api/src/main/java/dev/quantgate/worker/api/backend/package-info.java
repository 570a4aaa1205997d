/** What a backend must offer: the service provider interface. */
@NullMarked
package dev.quantgate.worker.api.backend;

import org.jspecify.annotations.NullMarked;
