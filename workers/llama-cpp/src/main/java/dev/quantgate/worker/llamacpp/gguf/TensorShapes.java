package dev.quantgate.worker.llamacpp.gguf;

import java.util.List;
import java.util.Map;

/** Looks tensors up by name and compares their shape and kind of type with what the model needs. */
final class TensorShapes {
    private final Map<String, TensorInfo> tensors;

    TensorShapes(Map<String, TensorInfo> tensors) {
        this.tensors = tensors;
    }

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** A weight of at least two dimensions; these may be quantised. */
    void requireMatrix(String name, Long... dims) throws GgufFormatException {
        requirePresent(name);
        checkMatrix(name, dims);
    }

    void checkMatrix(String name, Long... dims) throws GgufFormatException {
        TensorInfo tensor = tensors.get(name);
        if (tensor != null) {
            requireShape(tensor, dims);
            if (!tensor.type().isWeight()) {
                throw new GgufFormatException(name + " type", tensor.type(), "a floating-point or quantised type");
            }
        }
    }

    /** A norm or a bias; native code adds and multiplies these without a conversion. */
    void requireVector(String name, Long length) throws GgufFormatException {
        requirePresent(name);
        checkVector(name, length);
    }

    void checkVector(String name, Long length) throws GgufFormatException {
        TensorInfo tensor = tensors.get(name);
        if (tensor != null) {
            requireShape(tensor, length);
            if (!tensor.type().isFloat()) {
                throw new GgufFormatException(name + " type", tensor.type(), "F32, F16 or BF16");
            }
        }
    }

    private void requirePresent(String name) throws GgufFormatException {
        if (!has(name)) {
            throw Metadata.missing(name, "a tensor of this name");
        }
    }

    /** Trailing dimensions of 1 do not count. */
    private static void requireShape(TensorInfo tensor, Long... dims) throws GgufFormatException {
        for (int axis = 0; axis < 4; axis++) {
            long expected = axis < dims.length ? dims[axis] : 1;
            if (tensor.dim(axis) != expected) {
                throw new GgufFormatException(
                        tensor.name() + " shape", tensor.dims(), List.of(dims).toString());
            }
        }
    }
}
