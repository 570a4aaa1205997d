/**
 * The decode loop: which tokens of which requests are computed next, and what stays in the KV cache.
 *
 * <p>Start at {@link dev.quantgate.worker.llamacpp.schedule.DecodeLoop}. Nothing here knows llama.cpp, text or gRPC: the
 * native side is a {@link dev.quantgate.worker.llamacpp.schedule.DecodeEngine}, the receiving side a {@link
 * dev.quantgate.worker.llamacpp.schedule.TokenOutlet}.
 */
@NullMarked
package dev.quantgate.worker.llamacpp.schedule;

import org.jspecify.annotations.NullMarked;
