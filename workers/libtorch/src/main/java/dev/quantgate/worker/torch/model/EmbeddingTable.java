package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.TorchOps;
import dev.quantgate.natives.torch.TorchTensor;

/** A table of vectors, one row for each id. */
sealed interface EmbeddingTable {

    /** Rows at ids: {@code [..., hidden]}, float. */
    TorchTensor lookup(TorchTensor ids);

    /** A table in float32 or bfloat16: {@code [rows, hidden]}. */
    record Dense(TorchTensor table) implements EmbeddingTable {
        @Override
        public TorchTensor lookup(TorchTensor ids) {
            return TorchOps.embedding(table, ids);
        }
    }

    /** A table of int8 codes with one scale a row; rows become floats when they are looked up. */
    record Int8(TorchTensor codes, TorchTensor scales, boolean bfloat16) implements EmbeddingTable {
        @Override
        public TorchTensor lookup(TorchTensor ids) {
            TorchTensor rows = TorchOps.quantizedEmbedding(codes, scales, ids);
            return bfloat16 ? TorchOps.convert(rows, dev.quantgate.natives.torch.DType.BFLOAT16) : rows;
        }
    }
}
