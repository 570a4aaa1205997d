/** Tests of the vocabulary between gateway, workers and backends. */
@NullMarked
package dev.quantgate.worker.api;

import org.jspecify.annotations.NullMarked;
