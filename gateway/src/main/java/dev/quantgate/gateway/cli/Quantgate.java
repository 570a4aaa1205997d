package dev.quantgate.gateway.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The {@code quantgate} command. */
@Command(
        name = "quantgate",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        description = "Quantises and serves transformer models.",
        subcommands = {
            RunCommand.class,
            GenerateCommand.class,
            ServeCommand.class,
            WorkerCommand.class,
            QuantizeCommand.class,
            ModelsCommand.class,
            PsCommand.class,
            OperationsCommand.class,
            TokenizeCommand.class,
            EmbedCommand.class,
            ClassifyCommand.class,
            FillMaskCommand.class,
            DoctorCommand.class,
            CompletionCommand.class,
            SelfTrainCommand.class,
            HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:wrong usage",
            "3:model, variant or operation not found",
            "4:no gateway or worker answered in time",
            "5:refused: wrong argument or not possible now",
            "6:out of memory, disk or queue space",
            "7:cancelled"
        })
public final class Quantgate {
    private Quantgate() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Quantgate())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof CliException planned) {
                        System.err.println("quantgate: " + planned.getMessage());
                        return planned.exitCode();
                    }
                    throw failure;
                });
    }
}
