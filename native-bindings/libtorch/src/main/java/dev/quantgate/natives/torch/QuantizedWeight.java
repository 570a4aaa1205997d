package dev.quantgate.natives.torch;

import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Symmetric int8 codes of a weight matrix with one scale, or one scale a row; the zero point is 0.
 *
 * @param codes {@code [rows, columns]}, int8
 * @param scales {@code [1]} or {@code [rows]}, float32, positive
 */
public record QuantizedWeight(TorchTensor codes, TorchTensor scales) {

    // Half of the 255 steps from -128 to 127, and the smallest scale: both as torch's min-max observer has them.
    private static final float HALF_STEPS = 127.5f;
    private static final float MIN_SCALE = Math.ulp(1f);
    private static final Operator PER_TENSOR = Operator.named("aten::_make_per_tensor_quantized_tensor");
    private static final Operator PER_CHANNEL = Operator.named("aten::_make_per_channel_quantized_tensor");

    public QuantizedWeight {
        if (codes.type() != DType.INT8) {
            throw new IllegalArgumentException("codes: " + codes.type() + " (expected: INT8)");
        }
        if (scales.elements() != 1 && scales.elements() != codes.size(0)) {
            throw new IllegalArgumentException(
                    "scales: " + scales.elements() + " (expected: 1 or " + codes.size(0) + ")");
        }
    }

    /** Quantises with one scale, exactly as torch's quantize_dynamic does: scale = max|w| / 127.5. */
    public static QuantizedWeight perTensor(TorchTensor weight) {
        Tensor plain = weight.handle().to(ScalarType.Float).contiguous();
        float scale = Math.max(plain.abs().max().item_float() / HALF_STEPS, MIN_SCALE);
        Tensor quantized = torch.quantize_per_tensor(plain, scale, 0, ScalarType.QInt8);
        return new QuantizedWeight(
                new TorchTensor(torch.int_repr(quantized)), TorchTensor.ofFloats(new float[] {scale}, 1));
    }

    /** Quantises with one scale a row. */
    public static QuantizedWeight perChannel(TorchTensor weight) {
        Tensor plain = weight.handle().to(ScalarType.Float).contiguous();
        Tensor scales = plain.abs()
                .amax(new long[] {1}, false)
                .div(new Scalar(HALF_STEPS))
                .clamp_min(new Scalar(MIN_SCALE));
        Tensor zeroPoints = torch.zeros(new long[] {plain.size(0)}, new TensorOptions(ScalarType.Long));
        Tensor quantized =
                torch.quantize_per_channel(plain, scales.to(ScalarType.Double), zeroPoints, 0, ScalarType.QInt8);
        return new QuantizedWeight(new TorchTensor(torch.int_repr(quantized)), new TorchTensor(scales));
    }

    /** The weights the codes stand for, float32. */
    public TorchTensor dequantized() {
        Tensor perRow = scales.handle().reshape(-1, 1);
        return new TorchTensor(codes.handle().to(ScalarType.Float).mul(perRow));
    }

    Tensor toQuantizedTensor() {
        Tensor plain = codes.handle().contiguous();
        if (scales.elements() == 1) {
            double scale = scales.handle().item_double();
            return PER_TENSOR
                    .call(new IValue(plain), new IValue(scale), new IValue(0L))
                    .toTensor();
        }
        Tensor zeroPoints = torch.zeros(new long[] {plain.size(0)}, new TensorOptions(ScalarType.Long));
        return PER_CHANNEL
                .call(
                        new IValue(plain),
                        new IValue(scales.handle().to(ScalarType.Double)),
                        new IValue(zeroPoints),
                        new IValue(0L))
                .toTensor();
    }
}
