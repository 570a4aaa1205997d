package dev.quantgate.gateway.cli;

import picocli.CommandLine.Command;

/** Pending. */
@Command(name = "doctor")
final class DoctorCommand {}
