/** Configuration: one record per section, read from a file, the environment and overrides. */
@NullMarked
package dev.quantgate.gateway.config;

import org.jspecify.annotations.NullMarked;
