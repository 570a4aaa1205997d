package dev.quantgate.worker.torch.quantize;

import dev.quantgate.natives.torch.DType;
import dev.quantgate.natives.torch.QuantizedWeight;
import dev.quantgate.natives.torch.TorchOps;
import dev.quantgate.natives.torch.TorchScope;
import dev.quantgate.natives.torch.TorchTensor;
import dev.quantgate.worker.torch.model.ConfigReader;
import dev.quantgate.worker.torch.model.EncoderConfig;
import dev.quantgate.worker.torch.model.InvalidModelException;
import dev.quantgate.worker.torch.model.QuantizedFormat;
import dev.quantgate.worker.torch.safetensors.SafetensorsCheckpoint;
import dev.quantgate.worker.torch.safetensors.SafetensorsWriter;
import dev.quantgate.worker.torch.safetensors.TensorEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Writes the weights of a checkpoint in another precision, one tensor at a time, so that memory holds one matrix.
 *
 * <p>The source is only read; the output file appears whole or not at all.
 */
public final class CheckpointQuantizer {

    /** Hears of every tensor that is done. */
    @FunctionalInterface
    public interface TensorListener {
        /** Called with the tensor's number from 1, the number of tensors and its name. */
        void done(int tensor, int tensors, String name);
    }

    private final Path source;
    private final Precision precision;

    /** Prepares to quantise a model folder. */
    public CheckpointQuantizer(Path source, Precision precision) {
        this.source = source;
        this.precision = precision;
    }

    /** Bytes of tensor data that {@link #write} will produce. */
    public long predictedBytes() throws IOException {
        EncoderConfig config = ConfigReader.read(source);
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(source)) {
            requireFloats(checkpoint);
            return TensorPlan.of(config, checkpoint, precision).stream()
                    .mapToLong(TensorPlan::bytes)
                    .sum();
        }
    }

    /**
     * Writes {@code model.safetensors} into a folder.
     *
     * @return the error of every matrix that was rounded to int8
     * @throws IllegalStateException when the source is quantised already
     * @throws CancellationException when {@code cancelled} turns true between two tensors
     */
    public List<LayerError> write(Path folder, TensorListener listener, BooleanSupplier cancelled) throws IOException {
        EncoderConfig config = ConfigReader.read(source);
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(source);
                SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("model.safetensors"))) {
            requireFloats(checkpoint);
            List<TensorPlan> plans = TensorPlan.of(config, checkpoint, precision);
            writer.metadata("format", "pt").metadata(QuantizedFormat.PRECISION, precision.typeName());
            writer.metadata(
                    QuantizedFormat.ACTIVATION_RANGE,
                    precision.reducesActivationRange() ? QuantizedFormat.REDUCED : QuantizedFormat.FULL);
            plans.forEach(plan -> plan.declare(writer));
            List<LayerError> errors = new ArrayList<>();
            for (TensorPlan plan : plans) {
                if (cancelled.getAsBoolean()) {
                    throw new CancellationException("quantisation cancelled");
                }
                write(plan, checkpoint, writer).ifPresent(errors::add);
                listener.done(plans.indexOf(plan) + 1, plans.size(), name(plan));
            }
            writer.commit();
            return errors;
        }
    }

    private static void requireFloats(SafetensorsCheckpoint checkpoint) {
        if (checkpoint.metadata().containsKey(QuantizedFormat.PRECISION)) {
            throw new IllegalStateException("source: "
                    + checkpoint.metadata().get(QuantizedFormat.PRECISION)
                    + " (expected: a checkpoint that has not been quantised)");
        }
    }

    private static String name(TensorPlan plan) {
        if (plan instanceof TensorPlan.Keep keep) {
            return keep.name();
        }
        return plan instanceof TensorPlan.Convert convert ? convert.name() : ((TensorPlan.Quantize) plan).target();
    }

    private static Optional<LayerError> write(
            TensorPlan plan, SafetensorsCheckpoint checkpoint, SafetensorsWriter writer) {
        return TorchScope.call(() -> {
            try {
                if (plan instanceof TensorPlan.Keep keep) {
                    writer.write(keep.name(), checkpoint.map(keep.name()));
                } else if (plan instanceof TensorPlan.Convert convert) {
                    TorchTensor values = TorchOps.convert(stored(convert.entry(), checkpoint), convert.type());
                    writer.write(convert.name(), buffer(values));
                } else if (plan instanceof TensorPlan.Quantize quantize) {
                    return Optional.of(quantize(quantize, checkpoint, writer));
                }
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static LayerError quantize(
            TensorPlan.Quantize plan, SafetensorsCheckpoint checkpoint, SafetensorsWriter writer) throws IOException {
        TorchTensor matrix = TorchOps.convert(stored(plan.entry(), checkpoint), DType.FLOAT32);
        QuantizedWeight weight =
                plan.perChannel() ? QuantizedWeight.perChannel(matrix) : QuantizedWeight.perTensor(matrix);
        writer.write(plan.target(), buffer(weight.codes()));
        writer.write(plan.target() + QuantizedFormat.SCALE_SUFFIX, buffer(weight.scales()));
        TorchTensor difference = TorchOps.subtract(weight.dequantized(), matrix);
        double length = TorchOps.length(matrix);
        return new LayerError(
                plan.target(), length == 0 ? 0 : TorchOps.length(difference) / length, TorchOps.maxAbs(difference));
    }

    private static TorchTensor stored(TensorEntry entry, SafetensorsCheckpoint checkpoint) throws IOException {
        if (entry.shape().contains(0L)) {
            throw new InvalidModelException("tensor '" + entry.name() + "': empty");
        }
        TorchTensor tensor = TorchTensor.over(checkpoint.map(entry.name()), entry.type(), entry.dimensions());
        if (!TorchOps.allFinite(tensor)) {
            throw new InvalidModelException("tensor '" + entry.name() + "': has NaN or infinite values");
        }
        return tensor;
    }

    private static ByteBuffer buffer(TorchTensor tensor) {
        return tensor.asBuffer();
    }
}
