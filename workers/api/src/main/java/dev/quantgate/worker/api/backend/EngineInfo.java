package dev.quantgate.worker.api.backend;

/**
 * Which engine this is.
 *
 * @param version such as {@code v0.5.0}
 * @param cpuVariant kernels chosen for this CPU, such as {@code sapphirerapids}
 * @param description everything else worth showing, one line
 */
public record EngineInfo(String version, String cpuVariant, String description) {}
