package dev.quantgate.natives.torch;

import java.util.Arrays;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * The operators an encoder is made of; every result belongs to the current {@link TorchScope}.
 *
 * <p>Names ending in {@code InPlace} change their first argument and return it.
 */
public final class TorchOps {

    private TorchOps() {}

    /** Rows of {@code table [rows, hidden]} at {@code ids} (int64): {@code [..., hidden]}. */
    public static TorchTensor embedding(TorchTensor table, TorchTensor ids) {
        return new TorchTensor(torch.embedding(table.handle(), ids.handle()));
    }

    /** Rows of an int8 table, turned into floats: {@code codes [rows, hidden]}, {@code scales [rows]}. */
    public static TorchTensor quantizedEmbedding(TorchTensor codes, TorchTensor scales, TorchTensor ids) {
        Tensor flat = ids.handle().reshape(-1);
        Tensor rows = torch.index_select(codes.handle(), 0, flat).to(ScalarType.Float);
        rows.mul_(torch.index_select(scales.handle(), 0, flat).unsqueeze(1));
        long[] shape = ids.shape();
        long[] result = Arrays.copyOf(shape, shape.length + 1);
        result[shape.length] = codes.size(1);
        return new TorchTensor(rows.view(result));
    }

    /** Sum of two tensors of the same or a broadcastable shape, written into the first. */
    public static TorchTensor addInPlace(TorchTensor target, TorchTensor other) {
        target.handle().add_(other.handle());
        return target;
    }

    /** Difference of two tensors of the same or a broadcastable shape. */
    public static TorchTensor subtract(TorchTensor left, TorchTensor right) {
        return new TorchTensor(left.handle().sub(right.handle()));
    }

    /** Product with a number, written into the argument. */
    public static TorchTensor scaleInPlace(TorchTensor target, double factor) {
        target.handle().mul_(new Scalar(factor));
        return target;
    }

    /** Exact GELU (error function), in place. */
    public static TorchTensor geluInPlace(TorchTensor target) {
        torch.gelu_(target.handle());
        return target;
    }

    /** GELU by its tanh approximation, in place. */
    public static TorchTensor geluTanhInPlace(TorchTensor target) {
        torch.gelu_(target.handle(), "tanh");
        return target;
    }

    /** Rectified linear unit, in place. */
    public static TorchTensor reluInPlace(TorchTensor target) {
        torch.relu_(target.handle());
        return target;
    }

    /** {@code x * sigmoid(x)}, in place. */
    public static TorchTensor siluInPlace(TorchTensor target) {
        torch.silu_(target.handle());
        return target;
    }

    /** Hyperbolic tangent, in place. */
    public static TorchTensor tanhInPlace(TorchTensor target) {
        torch.tanh_(target.handle());
        return target;
    }

    /**
     * Multi-head self-attention over a fused projection.
     *
     * @param fused {@code [batch, tokens, 3 * hidden]}: queries, keys, values
     * @param heads number of heads, a divisor of hidden
     * @param mask {@code [batch, 1, 1, tokens]}, added to the scores, or null when nothing is padded
     * @param firstTokenOnly whether only the first token's result is wanted
     * @return {@code [batch, tokens or 1, hidden]}, contiguous
     */
    public static TorchTensor selfAttention(
            TorchTensor fused, int heads, @Nullable TorchTensor mask, boolean firstTokenOnly) {
        Tensor input = fused.handle();
        long batch = input.size(0);
        long tokens = input.size(1);
        long hidden = input.size(2) / 3;
        // [batch, tokens, 3, heads, size] -> three views [batch, heads, tokens, size]; no copy is made.
        Tensor split = input.view(batch, tokens, 3, heads, hidden / heads).permute(2, 0, 3, 1, 4);
        Tensor queries = split.select(0, 0);
        return attend(firstTokenOnly ? queries.narrow(2, 0, 1) : queries, split.select(0, 1), split.select(0, 2), mask);
    }

    /**
     * Multi-head attention over separate projections.
     *
     * @param queries {@code [batch, tokens, hidden]}; {@code keys} and {@code values} alike
     */
    public static TorchTensor attention(
            TorchTensor queries,
            TorchTensor keys,
            TorchTensor values,
            int heads,
            @Nullable TorchTensor mask,
            boolean firstTokenOnly) {
        Tensor split = heads(queries, heads);
        return attend(firstTokenOnly ? split.narrow(2, 0, 1) : split, heads(keys, heads), heads(values, heads), mask);
    }

    private static Tensor heads(TorchTensor projection, int heads) {
        Tensor input = projection.handle();
        return input.view(input.size(0), input.size(1), heads, input.size(2) / heads)
                .transpose(1, 2);
    }

    private static TorchTensor attend(Tensor queries, Tensor keys, Tensor values, @Nullable TorchTensor mask) {
        Tensor context = mask == null
                ? torch.scaled_dot_product_attention(queries, keys, values)
                : torch.scaled_dot_product_attention(
                        queries,
                        keys,
                        values,
                        new TensorOptional(mask.handle()),
                        0.0,
                        false,
                        new DoubleOptional(),
                        false);
        long hidden = queries.size(1) * queries.size(3);
        return new TorchTensor(context.transpose(1, 2).reshape(queries.size(0), queries.size(2), hidden));
    }

    /** Rows {@code [batch, hidden]} at one token position of {@code [batch, tokens, hidden]}. */
    public static TorchTensor token(TorchTensor states, long position) {
        return new TorchTensor(states.handle().select(1, position).contiguous());
    }

    /** Rows of a {@code [rows, hidden]} tensor by index (int64). */
    public static TorchTensor rows(TorchTensor states, TorchTensor indices) {
        return new TorchTensor(torch.index_select(states.handle(), 0, indices.handle()));
    }

    /** A range of one dimension, as a view. */
    public static TorchTensor narrow(TorchTensor tensor, int dimension, long start, long length) {
        return tensor.derived(tensor.handle().narrow(dimension, start, length));
    }

    /** The same elements in another shape, copied only when the layout demands it. */
    public static TorchTensor reshape(TorchTensor tensor, long... shape) {
        return tensor.derived(tensor.handle().reshape(shape));
    }

    /** The elements as another type. */
    public static TorchTensor convert(TorchTensor tensor, DType type) {
        return tensor.derived(tensor.handle().to(type.scalarType()));
    }

    /** A copy with memory of its own. */
    public static TorchTensor copy(TorchTensor tensor) {
        return new TorchTensor(tensor.handle().clone());
    }

    /** Joins tensors along their first dimension. */
    public static TorchTensor concatenate(TorchTensor... parts) {
        TensorVector list = new TensorVector();
        for (TorchTensor part : parts) {
            list.push_back(part.handle());
        }
        return new TorchTensor(torch.cat(list, 0));
    }

    /**
     * Mean over the tokens that count.
     *
     * @param states {@code [batch, tokens, hidden]}
     * @param weights {@code [batch, tokens]}, 1 for a token and 0 for padding
     */
    public static TorchTensor maskedMean(TorchTensor states, TorchTensor weights) {
        Tensor factor = weights.handle().unsqueeze(2);
        Tensor sums = states.handle().mul(factor).sum(1);
        Tensor counts = factor.sum(1).clamp_min(new Scalar(1.0));
        return new TorchTensor(sums.div(counts));
    }

    /** Whether every element is a finite number; reads a float tensor once, without a copy. */
    public static boolean allFinite(TorchTensor tensor) {
        T_TensorTensor_T range = torch.aminmax(tensor.handle());
        // Minimum and maximum are NaN as soon as one element is.
        return Float.isFinite(range.get0().item_float())
                && Float.isFinite(range.get1().item_float());
    }

    /** Each row divided by its Euclidean length: {@code [rows, hidden]}. */
    public static TorchTensor normalizeRows(TorchTensor rows) {
        Tensor norms = rows.handle()
                .mul(rows.handle())
                .sum(1)
                .sqrt()
                .clamp_min(new Scalar(1e-12))
                .unsqueeze(1);
        return new TorchTensor(rows.handle().div(norms));
    }

    /** Element-wise logistic function. */
    public static TorchTensor sigmoid(TorchTensor tensor) {
        return new TorchTensor(torch.sigmoid(tensor.handle()));
    }

    /** Softmax over the last dimension. */
    public static TorchTensor softmax(TorchTensor tensor) {
        return new TorchTensor(torch.softmax(tensor.handle(), -1));
    }

    /** Euclidean length of all elements together. */
    public static double length(TorchTensor tensor) {
        return torch.norm(tensor.handle()).item_double();
    }

    /** Largest absolute value of a tensor. */
    public static float maxAbs(TorchTensor tensor) {
        return tensor.handle().abs().max().item_float();
    }
}
