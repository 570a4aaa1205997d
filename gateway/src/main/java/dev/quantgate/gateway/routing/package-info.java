/** Which worker serves a call, and what several workers say together. */
@NullMarked
package dev.quantgate.gateway.routing;

import org.jspecify.annotations.NullMarked;
