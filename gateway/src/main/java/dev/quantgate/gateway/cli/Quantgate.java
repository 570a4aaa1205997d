package dev.quantgate.gateway.cli;

import dev.quantgate.gateway.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The {@code quantgate} command. */
@Command(
        name = "quantgate",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        description = "Quantises and serves transformer models.",
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
    private static final Map<String, Class<?>> COMMANDS = commands();

    private Quantgate() {}

    public static void main(String[] arguments) {
        System.exit(commandLine(arguments).execute(arguments));
    }

    /** The whole command with all its subcommands. */
    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    /** Reading the annotations of every subcommand would take longer than most of them run: only the named one is added. */
    private static CommandLine commandLine(String[] arguments) {
        var named = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        return named == null ? commandLine(COMMANDS) : commandLine(Map.of(arguments[0], named));
    }

    private static CommandLine commandLine(Map<String, Class<?>> commands) {
        var root = new CommandLine(new Quantgate());
        commands.forEach(root::addSubcommand);
        return root.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    var planned = planned(failure);
                    System.err.println("quantgate: " + planned.getMessage());
                    return planned.exitCode();
                });
    }

    private static Map<String, Class<?>> commands() {
        var commands = new LinkedHashMap<String, Class<?>>();
        commands.put("run", RunCommand.class);
        commands.put("generate", GenerateCommand.class);
        commands.put("serve", ServeCommand.class);
        commands.put("worker", WorkerCommand.class);
        commands.put("quantize", QuantizeCommand.class);
        commands.put("models", ModelsCommand.class);
        commands.put("adapters", AdaptersCommand.class);
        commands.put("sessions", SessionsCommand.class);
        commands.put("ps", PsCommand.class);
        commands.put("operations", OperationsCommand.class);
        commands.put("tokenize", TokenizeCommand.class);
        commands.put("embed", EmbedCommand.class);
        commands.put("classify", ClassifyCommand.class);
        commands.put("fill-mask", FillMaskCommand.class);
        commands.put("doctor", DoctorCommand.class);
        commands.put("completion", CompletionCommand.class);
        commands.put("self-train", SelfTrainCommand.class);
        commands.put("help", HelpCommand.class);
        return commands;
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
