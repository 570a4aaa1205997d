/** The composition root: starts Vert.x, the workers and the server, and stops them in order. */
@NullMarked
package dev.quantgate.gateway.app;

import org.jspecify.annotations.NullMarked;
