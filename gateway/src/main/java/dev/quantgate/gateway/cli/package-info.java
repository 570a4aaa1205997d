/** The command line: a gRPC client of the gateway, and the commands that start one. */
@NullMarked
package dev.quantgate.gateway.cli;

import org.jspecify.annotations.NullMarked;
