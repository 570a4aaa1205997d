/** Tests of the tokenizers. */
@NullMarked
package dev.quantgate.worker.torch.tokenize;

import org.jspecify.annotations.NullMarked;
