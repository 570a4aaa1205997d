package dev.quantgate.gateway.cli;

import dev.quantgate.gateway.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
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
                    var planned = planned(failure);
                    System.err.println("quantgate: " + planned.getMessage());
                    return planned.exitCode();
                });
    }

    /** What the user can do something about; a bug goes on, so that its stack trace is seen. */
    private static CliException planned(Exception failure) throws Exception {
        if (failure instanceof CliException planned) {
            return planned;
        }
        if (failure instanceof ConfigException wrong) {
            return new CliException(ExitCodes.USAGE, String.valueOf(wrong.getMessage()));
        }
        if (failure instanceof IOException || failure instanceof UncheckedIOException) {
            return new CliException(ExitCodes.FAILED, String.valueOf(failure.getMessage()));
        }
        throw failure;
    }
}
