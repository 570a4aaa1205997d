/** Who may call the gateway. */
@NullMarked
package dev.quantgate.gateway.security;

import org.jspecify.annotations.NullMarked;
