/** The HTTP routes beside gRPC on the same port. */
@NullMarked
package dev.quantgate.gateway.http;

import org.jspecify.annotations.NullMarked;
