package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.CpuFeatures;
import dev.quantgate.natives.torch.DType;
import dev.quantgate.natives.torch.DenseLinear;
import dev.quantgate.natives.torch.FusedEncoder;
import dev.quantgate.natives.torch.FusedLinear;
import dev.quantgate.natives.torch.LayerNorm;
import dev.quantgate.natives.torch.LinearLayer;
import dev.quantgate.natives.torch.PackedLinear;
import dev.quantgate.natives.torch.QuantizedEngine;
import dev.quantgate.natives.torch.QuantizedWeight;
import dev.quantgate.natives.torch.TensorArena;
import dev.quantgate.natives.torch.TorchOps;
import dev.quantgate.natives.torch.TorchRuntime;
import dev.quantgate.natives.torch.TorchScope;
import dev.quantgate.natives.torch.TorchTensor;
import dev.quantgate.worker.torch.safetensors.SafetensorsCheckpoint;
import dev.quantgate.worker.torch.safetensors.TensorEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the tensors of a checkpoint into layers, checking shape, type and finiteness of each against the configuration.
 *
 * <p>Tensors that are stored in the compute type are mapped, not copied; int8 ones are packed for the engine.
 */
final class ModelWeights {

    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    private final SafetensorsCheckpoint checkpoint;
    private final TensorArena arena;
    private final DType computeType;
    private final boolean parity;
    private final boolean reduceRange;
    private final Set<String> used = new HashSet<>();

    ModelWeights(SafetensorsCheckpoint checkpoint, TensorArena arena) {
        this.checkpoint = checkpoint;
        this.arena = arena;
        String precision = checkpoint.metadata().getOrDefault(QuantizedFormat.PRECISION, "");
        this.computeType = computeType(precision, CpuFeatures.current());
        String range = checkpoint.metadata().get(QuantizedFormat.ACTIVATION_RANGE);
        this.parity = QuantizedFormat.REDUCED.equals(range);
        this.reduceRange = reducesRange(range, CpuFeatures.current());
    }

    /** A checkpoint that was made for the full range is computed in the reduced one where the full one would overflow. */
    static boolean reducesRange(@Nullable String stored, CpuFeatures cpu) {
        return QuantizedFormat.REDUCED.equals(stored) || !cpu.int8DotProduct();
    }

    /** Weights in bfloat16 are widened once where the processor would widen them at every product. */
    static DType computeType(String precision, CpuFeatures cpu) {
        return precision.startsWith("bf16") && cpu.bfloat16() ? DType.BFLOAT16 : DType.FLOAT32;
    }

    /** Whether everything is computed as the original computes it. */
    boolean isParity() {
        return parity;
    }

    DType computeType() {
        return computeType;
    }

    boolean contains(String name) {
        return checkpoint.contains(name);
    }

    boolean isQuantized(String layer) {
        return contains(layer + WEIGHT) && checkpoint.entry(layer + WEIGHT).type() == DType.INT8;
    }

    /** A linear layer {@code [outputs, inputs]}; several names are stacked into one layer, in their order. */
    LinearLayer linear(int outputs, int inputs, String... names) {
        return TorchScope.call(() -> isQuantized(names[0])
                ? packed(outputs, inputs, Arrays.asList(names))
                : dense(outputs, inputs, Arrays.asList(names)));
    }

    private LinearLayer dense(int outputs, int inputs, List<String> names) {
        TorchTensor[] weights = new TorchTensor[names.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = tensor(names.get(i) + WEIGHT, outputs, inputs);
        }
        return DenseLinear.of(arena, joined(weights), joined(biases(names, outputs)));
    }

    private LinearLayer packed(int outputs, int inputs, List<String> names) {
        return int8(stacked(outputs, inputs, names, names.size() > 1), joined(biases(names, outputs)));
    }

    private QuantizedWeight stacked(int outputs, int inputs, List<String> names, boolean scaleForEachRow) {
        TorchTensor[] codes = new TorchTensor[names.size()];
        TorchTensor[] scales = new TorchTensor[names.size()];
        for (int i = 0; i < codes.length; i++) {
            QuantizedWeight weight = quantized(names.get(i) + WEIGHT, outputs, inputs);
            codes[i] = weight.codes();
            scales[i] = scaleForEachRow ? perRow(weight.scales(), outputs) : weight.scales();
        }
        return new QuantizedWeight(joined(codes), joined(scales));
    }

    private LinearLayer int8(QuantizedWeight weight, TorchTensor bias) {
        if (isFused() && weight.codes().size(1) <= FusedEncoder.MAX_COLUMNS) {
            TorchTensor scales = perRow(weight.scales(), (int) weight.codes().size(0));
            return FusedLinear.of(arena, new QuantizedWeight(weight.codes(), scales), bias);
        }
        return PackedLinear.of(arena, weight, bias, reduceRange);
    }

    /** Whether int8 layers run on our own kernels, which do not compute bit by bit as the original does. */
    boolean isFused() {
        return !parity && TorchRuntime.running().info().engine() == QuantizedEngine.FUSED;
    }

    /** Int8 codes with one scale a row, and the bias; several names are stacked. Belongs to the current scope. */
    Int8Matrix matrix(int outputs, int inputs, String... names) {
        List<String> stack = Arrays.asList(names);
        return new Int8Matrix(stacked(outputs, inputs, stack, true), joined(biases(stack, outputs)));
    }

    /** A matrix with its bias, float32, ready for the kernels of a fused encoder. */
    record Int8Matrix(QuantizedWeight weight, TorchTensor bias) {
        void setInto(FusedEncoder encoder, int layer, FusedEncoder.Matrix place) {
            encoder.set(layer, place, weight, bias);
        }
    }

    private TorchTensor[] biases(List<String> names, int outputs) {
        return names.stream().map(name -> tensor(name + BIAS, outputs)).toArray(TorchTensor[]::new);
    }

    /** A layer whose weight may be the word embeddings (a tied decoder) and whose bias has a name of its own. */
    LinearLayer tiedLinear(int outputs, int inputs, String decoder, String embedding, String bias) {
        return TorchScope.call(() -> {
            String source = contains(decoder + WEIGHT) ? decoder : embedding;
            TorchTensor biasTensor = tensor(contains(bias) ? bias : decoder + BIAS, outputs);
            return isQuantized(source)
                    ? int8(quantized(source + WEIGHT, outputs, inputs), biasTensor)
                    : DenseLinear.of(arena, tensor(source + WEIGHT, outputs, inputs), biasTensor);
        });
    }

    private static TorchTensor perRow(TorchTensor scales, int rows) {
        if (scales.elements() == rows) {
            return scales;
        }
        float[] repeated = new float[rows];
        Arrays.fill(repeated, scales.toFloats()[0]);
        return TorchTensor.ofFloats(repeated, rows);
    }

    private static TorchTensor joined(TorchTensor... parts) {
        return parts.length == 1 ? parts[0] : TorchOps.concatenate(parts);
    }

    private QuantizedWeight quantized(String name, int rows, int columns) {
        TorchTensor codes = mapped(name, DType.INT8, rows, columns);
        String scaleName = name + QuantizedFormat.SCALE_SUFFIX;
        long scaleCount = checkpoint.entry(scaleName).bytes() / Float.BYTES;
        TorchTensor scales = mapped(scaleName, DType.FLOAT32, scaleCount == 1 ? 1 : rows);
        for (float scale : scales.toFloats()) {
            if (!(scale > 0 && scale < Float.POSITIVE_INFINITY)) {
                throw new InvalidModelException("tensor '" + scaleName + "': scale " + scale + " (expected: above 0)");
            }
        }
        return new QuantizedWeight(codes, scales);
    }

    LayerNorm layerNorm(String name, int hidden, double epsilon) {
        return TorchScope.call(() -> LayerNorm.of(arena, normWeight(name, hidden), normBias(name, hidden), epsilon));
    }

    // Checkpoints converted from TensorFlow keep its names.
    TorchTensor normWeight(String name, int hidden) {
        return tensor(name + (contains(name + ".gamma") ? ".gamma" : WEIGHT), hidden);
    }

    TorchTensor normBias(String name, int hidden) {
        return tensor(name + (contains(name + ".beta") ? ".beta" : BIAS), hidden);
    }

    EmbeddingTable embedding(String name, int rows, int hidden) {
        return TorchScope.call(() -> {
            if (!isQuantized(name)) {
                return new EmbeddingTable.Dense(arena.keep(tensor(name + WEIGHT, rows, hidden)));
            }
            QuantizedWeight weight = quantized(name + WEIGHT, rows, hidden);
            return new EmbeddingTable.Int8(
                    arena.keep(weight.codes()),
                    arena.keep(TorchOps.copy(perRow(weight.scales(), rows))),
                    computeType == DType.BFLOAT16);
        });
    }

    /** A float tensor in the compute type, mapped when it is stored so; belongs to the current scope. */
    TorchTensor tensor(String name, long... shape) {
        TensorEntry entry = checkpoint.entry(name);
        switch (entry.type()) {
            case FLOAT32, FLOAT16, BFLOAT16, FLOAT64 -> {}
            case INT8, UINT8, INT32, INT64, BOOL ->
                throw new InvalidModelException("tensor '" + name + "': " + entry.type() + " (expected: a float type)");
        }
        TorchTensor stored = mapped(name, entry.type(), shape);
        if (stored.elements() > 0 && !TorchOps.allFinite(stored)) {
            throw new InvalidModelException("tensor '" + name + "': has NaN or infinite values");
        }
        return entry.type() == computeType ? stored : TorchOps.convert(stored, computeType);
    }

    private TorchTensor mapped(String name, DType type, long... shape) {
        TensorEntry entry = checkpoint.entry(name);
        if (entry.type() != type || !Arrays.equals(entry.dimensions(), shape)) {
            throw new InvalidModelException("tensor '" + name + "': " + entry.type() + " " + entry.shape()
                    + " (expected: " + type + " " + Arrays.toString(shape) + " by config.json)");
        }
        used.add(name);
        try {
            return TorchTensor.over(checkpoint.map(name), type, shape);
        } catch (IOException e) {
            throw new UncheckedIOException("tensor '" + name + "': cannot be mapped", e);
        }
    }

    /** Refuses a checkpoint that has tensors nothing reads, unless the family is known to leave them there. */
    void requireNothingLeft(TensorNames names) {
        for (String name : checkpoint.names()) {
            String plain = name.endsWith(QuantizedFormat.SCALE_SUFFIX)
                    ? name.substring(0, name.length() - QuantizedFormat.SCALE_SUFFIX.length())
                    : name;
            if (!used.contains(name) && !used.contains(plain) && !names.mayBeUnused(plain)) {
                throw new InvalidModelException("tensor '" + name + "': unexpected for this architecture");
            }
        }
    }
}
