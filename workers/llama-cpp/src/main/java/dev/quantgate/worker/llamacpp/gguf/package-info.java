/**
 * The airlock: reads and verifies model files in pure Java, before any native code opens them.
 *
 * <p>Start at {@link dev.quantgate.worker.llamacpp.gguf.GgufVerifier}. Nothing here trusts a number that comes from
 * a file: every count, length and offset is checked against the bytes that are really there before it is used.
 */
@NullMarked
package dev.quantgate.worker.llamacpp.gguf;

import org.jspecify.annotations.NullMarked;
