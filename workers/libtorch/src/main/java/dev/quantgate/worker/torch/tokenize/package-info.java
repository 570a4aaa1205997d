/** Turns text into token ids as Hugging Face's tokenizers do, and long texts into inputs that fit. */
@NullMarked
package dev.quantgate.worker.torch.tokenize;

import org.jspecify.annotations.NullMarked;
