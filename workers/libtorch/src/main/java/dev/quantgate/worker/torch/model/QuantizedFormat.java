package dev.quantgate.worker.torch.model;

/** The keys by which a stored checkpoint of this worker says how it was made; they stand in the safetensors header. */
public final class QuantizedFormat {

    /** Name of the precision, such as {@code dynamic_int8}. */
    public static final String PRECISION = "quantgate.precision";
    /** Whether activations use 7 bits: {@code reduced} or {@code full}. */
    public static final String ACTIVATION_RANGE = "quantgate.activation_range";
    /** The reduced range, as torch's quantize_dynamic has it. */
    public static final String REDUCED = "reduced";
    /** The full range. */
    public static final String FULL = "full";
    /** What follows the name of int8 weights in the name of their scales. */
    public static final String SCALE_SUFFIX = "_scale";

    private QuantizedFormat() {}
}
