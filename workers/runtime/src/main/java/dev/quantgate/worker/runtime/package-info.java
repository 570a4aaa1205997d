/** The worker beside a backend: loaded models, requests, its verticle and its launcher. */
@NullMarked
package dev.quantgate.worker.runtime;

import org.jspecify.annotations.NullMarked;
