/** The gRPC services and how a call lives and ends. */
@NullMarked
package dev.quantgate.gateway.grpc;

import org.jspecify.annotations.NullMarked;
