package dev.quantgate.worker.torch.quantize;

import dev.quantgate.natives.torch.DType;
import dev.quantgate.worker.torch.model.CheckpointLayout;
import dev.quantgate.worker.torch.model.EncoderConfig;
import dev.quantgate.worker.torch.model.QuantizedFormat;
import dev.quantgate.worker.torch.safetensors.SafetensorsCheckpoint;
import dev.quantgate.worker.torch.safetensors.SafetensorsWriter;
import dev.quantgate.worker.torch.safetensors.TensorEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What becomes of one tensor of a checkpoint. */
sealed interface TensorPlan {

    /** Announces what will be written. */
    void declare(SafetensorsWriter writer);

    /** Bytes that will be written. */
    long bytes();

    /** The stored bytes as they are. */
    record Keep(String name, TensorEntry entry) implements TensorPlan {
        @Override
        public void declare(SafetensorsWriter writer) {
            writer.declare(name, entry.type(), entry.dimensions());
        }

        @Override
        public long bytes() {
            return entry.bytes();
        }
    }

    /** The values in another float type. */
    record Convert(String name, TensorEntry entry, DType type) implements TensorPlan {
        @Override
        public void declare(SafetensorsWriter writer) {
            writer.declare(name, type, entry.dimensions());
        }

        @Override
        public long bytes() {
            return entry.bytes() / entry.type().bytes() * type.bytes();
        }
    }

    /** Int8 codes and their scales under {@code target}, made from the matrix in {@code entry}. */
    record Quantize(String target, TensorEntry entry, boolean perChannel) implements TensorPlan {
        @Override
        public void declare(SafetensorsWriter writer) {
            writer.declare(target, DType.INT8, entry.dimensions());
            writer.declare(target + QuantizedFormat.SCALE_SUFFIX, DType.FLOAT32, scales());
        }

        private long scales() {
            return perChannel ? entry.shape().get(0) : 1;
        }

        @Override
        public long bytes() {
            return entry.bytes() / entry.type().bytes() + scales() * Float.BYTES;
        }
    }

    /**
     * Plans a whole checkpoint.
     *
     * @throws IllegalArgumentException when the precision does not fit the model
     */
    static List<TensorPlan> of(EncoderConfig config, SafetensorsCheckpoint checkpoint, Precision precision) {
        CheckpointLayout layout = CheckpointLayout.of(config, checkpoint.names());
        String words = layout.wordEmbeddings() + ".weight";
        boolean decoderSharesCodes =
                precision.linears() == Precision.Linears.INT8_PER_CHANNEL && precision.hasInt8Embeddings();
        if (layout.tiedDecoder().isPresent() && precision.hasInt8Embeddings() && !precision.hasInt8Linears()) {
            throw new IllegalArgumentException("precision: " + precision.typeName()
                    + " (expected: one with int8 linear layers, since this model's decoder shares its embeddings)");
        }
        Set<String> linears = new HashSet<>();
        layout.linears().forEach(name -> linears.add(name + ".weight"));
        List<TensorPlan> plans = new ArrayList<>();
        for (String name : checkpoint.names()) {
            TensorEntry entry = checkpoint.entry(name);
            if (linears.contains(name) && precision.hasInt8Linears()) {
                plans.add(new Quantize(name, entry, precision.linears() == Precision.Linears.INT8_PER_CHANNEL));
            } else if (name.equals(words) && precision.hasInt8Embeddings()) {
                plans.add(new Quantize(name, entry, true));
            } else if (precision.linears() == Precision.Linears.BFLOAT16 && isFloat(entry.type())) {
                plans.add(new Convert(name, entry, DType.BFLOAT16));
            } else {
                plans.add(new Keep(name, entry));
            }
        }
        if (layout.tiedDecoder().isPresent() && precision.hasInt8Linears() && !decoderSharesCodes) {
            boolean perChannel = precision.linears() == Precision.Linears.INT8_PER_CHANNEL;
            plans.add(new Quantize(layout.tiedDecoder().get() + ".weight", checkpoint.entry(words), perChannel));
        }
        return plans;
    }

    private static boolean isFloat(DType type) {
        return switch (type) {
            case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> true;
            case INT8, UINT8, INT32, INT64, BOOL -> false;
        };
    }
}
