package dev.quantgate.gateway.cli;

import picocli.CommandLine.Command;

/** Pending. */
@Command(name = "serve")
final class ServeCommand {}
