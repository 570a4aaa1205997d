/**
 * llama.cpp for Java: models, contexts, sampling, chat templates and quantisation behind a few small classes.
 *
 * <p>Start with {@link dev.quantgate.natives.llama.LlamaCpp#load()}, open a {@link
 * dev.quantgate.natives.llama.LlamaModel}, create a {@link dev.quantgate.natives.llama.LlamaContext} on it, fill a
 * {@link dev.quantgate.natives.llama.LlamaBatch}, decode it, and sample the rows that asked for logits with a {@link
 * dev.quantgate.natives.llama.SampleBatch}.
 *
 * <p><b>Ownership.</b> Whatever is {@link java.lang.AutoCloseable} owns native memory, has one owner and is closed by
 * it. Closing twice is harmless; use after close is an {@link java.lang.IllegalStateException}. A model's memory stays
 * until the last context, adapter or call that uses it is done, in whatever order they are closed.
 *
 * <p><b>Threads.</b> {@code LlamaModel}, {@code Vocabulary} and {@code ChatTemplates} may be used by any number of
 * threads at once. A {@code LlamaContext} and everything that works on it (memory, batch, samplers) belongs to one
 * thread at a time; {@link dev.quantgate.natives.llama.CancelFlag} is how another thread stops it.
 *
 * <p><b>Errors.</b> Wrong arguments are {@link java.lang.IllegalArgumentException}; what llama.cpp refuses or fails at
 * is {@link dev.quantgate.natives.llama.LlamaException} with its own log lines; a failed assertion inside it is {@link
 * dev.quantgate.natives.llama.NativeAbortException}. Files are not checked here: verify an untrusted model before it
 * reaches native code.
 *
 * <p>No type of JavaCPP appears in this package's API. On JDK 25 the process needs {@code
 * --enable-native-access=ALL-UNNAMED}.
 */
@NullMarked
package dev.quantgate.natives.llama;

import org.jspecify.annotations.NullMarked;
