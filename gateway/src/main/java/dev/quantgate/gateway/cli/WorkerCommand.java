package dev.quantgate.gateway.cli;

import picocli.CommandLine.Command;

/** Pending. */
@Command(name = "worker")
final class WorkerCommand {}
