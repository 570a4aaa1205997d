package dev.quantgate.natives.torch;

import org.bytedeco.pytorch.global.torch.QEngine;

/**
 * The kernels that run int8 matrix products.
 *
 * <p>The engine is global to the process and counts when weights are packed, so it is set once, before any model.
 */
public enum QuantizedEngine {
    /**
     * The default: whole encoders by kernels of our own, products outside of them on oneDNN. A processor without AVX2
     * gets {@link #ONEDNN}.
     */
    FUSED,
    /** oneDNN: fast on x86 processors with VNNI or AMX. */
    ONEDNN,
    /** FBGEMM: the least overhead for short inputs; needs a reduced activation range without VNNI. */
    FBGEMM,
    /** libtorch's own choice between FBGEMM and oneDNN. */
    X86,
    /** QNNPACK: meant for ARM; about ten times slower on x86. */
    QNNPACK;

    QEngine nativeEngine() {
        return switch (this) {
            case FUSED, ONEDNN -> QEngine.ONEDNN;
            case FBGEMM -> QEngine.FBGEMM;
            case X86 -> QEngine.X86;
            case QNNPACK -> QEngine.QNNPACK;
        };
    }
}
