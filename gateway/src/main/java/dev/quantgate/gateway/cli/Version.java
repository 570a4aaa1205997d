package dev.quantgate.gateway.cli;

import picocli.CommandLine.IVersionProvider;

/** Reads the version that the build wrote into the jar. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        var version = Quantgate.class.getPackage().getImplementationVersion();
        return new String[] {"quantgate " + (version == null ? "(unpackaged)" : version)};
    }
}
