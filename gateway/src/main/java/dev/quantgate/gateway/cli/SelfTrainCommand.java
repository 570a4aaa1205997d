package dev.quantgate.gateway.cli;

import picocli.CommandLine.Command;

/** Pending. */
@Command(name = "self-train")
final class SelfTrainCommand {}
