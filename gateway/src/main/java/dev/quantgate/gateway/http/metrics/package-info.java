/** The gateway's figures for a monitoring system. */
@NullMarked
package dev.quantgate.gateway.http.metrics;

import org.jspecify.annotations.NullMarked;
