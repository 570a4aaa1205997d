package dev.quantgate.natives.llama;

/**
 * What the loaded llama.cpp is and can do.
 *
 * @param version release of llama.cpp, such as {@code 0.5.0}
 * @param cpuVariant the CPU library picked for this machine, such as {@code zen4}
 * @param systemInfo llama.cpp's own one-line summary of CPU features
 * @param supportsMmap whether models can be mapped into memory
 * @param supportsMlock whether models can be locked in memory
 * @param ownKernels whether Quantgate's kernels compute what they are faster at; see {@link Kernels}
 */
public record LlamaInfo(
        String version,
        String cpuVariant,
        String systemInfo,
        boolean supportsMmap,
        boolean supportsMlock,
        boolean ownKernels) {}
