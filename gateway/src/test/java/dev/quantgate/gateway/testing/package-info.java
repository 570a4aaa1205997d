/** A gateway over real sockets, with workers that do what a test says. */
@NullMarked
package dev.quantgate.gateway.testing;

import org.jspecify.annotations.NullMarked;
