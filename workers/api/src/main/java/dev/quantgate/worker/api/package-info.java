/** Vocabulary between gateway, workers and backends: models, operations, failures and streams. */
@NullMarked
package dev.quantgate.worker.api;

import org.jspecify.annotations.NullMarked;
