package dev.quantgate.natives.llama;

/** Hears of each tensor that has been quantised; called on the quantising thread. */
@FunctionalInterface
public interface QuantizeListener {
    /** Listens to nothing. */
    QuantizeListener NONE = tensor -> {};

    /** Called after a tensor has been written. An exception ends the quantisation and reaches its caller. */
    void onTensor(QuantizedTensor tensor);
}
