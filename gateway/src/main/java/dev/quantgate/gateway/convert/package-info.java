/** Public protobuf messages to domain records and back; the public types stop here. */
@NullMarked
package dev.quantgate.gateway.convert;

import org.jspecify.annotations.NullMarked;
