package dev.quantgate.natives.torch;

import java.util.List;

/**
 * What the running libtorch says of itself.
 *
 * @param version version of the binding, for example {@code 2.10.0-1.5.13}
 * @param cpuCapability instruction set libtorch dispatches to, for example {@code AVX512}
 * @param engine engine of int8 matrix products that is in use
 * @param supportedEngines every engine this build has
 * @param threads threads of one operator
 */
public record TorchInfo(
        String version,
        String cpuCapability,
        QuantizedEngine engine,
        List<QuantizedEngine> supportedEngines,
        int threads) {

    public TorchInfo {
        supportedEngines = List.copyOf(supportedEngines);
    }
}
