package dev.quantgate.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code serve}, {@code completion} and help: what needs no gateway. */
final class ServeCommandTest {
    @Test
    void aWrongConfigurationIsWrongUsageInOneLine(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("q.yaml"), "server:\n  prot: 1\n");

        var unknown = CliRun.of("serve", "--config", file.toString());

        assertThat(unknown.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(unknown.err())
                .isEqualToIgnoringNewLines("quantgate: server.prot: unknown key (did you mean server.port?)");
        assertThat(CliRun.of("serve", "--set", "server.port=http").code()).isEqualTo(ExitCodes.USAGE);
        assertThat(CliRun.of("serve", "--config", "no-such.yaml").err())
                .startsWith("quantgate: no-such.yaml: cannot be read");
    }

    @Test
    void theCompletionScriptKnowsEveryCommand() {
        var script = CliRun.of("completion").out();

        var commands = Quantgate.commandLine().getSubcommands();
        assertThat(commands).isNotEmpty();
        commands.forEach((name, command) -> {
            if (!command.getCommandSpec().usageMessage().hidden()) {
                assertThat(script).contains(name);
            }
        });
    }

    @Test
    void everyCommandHasHelp() {
        Quantgate.commandLine().getSubcommands().forEach(ServeCommandTest::requireHelp);
    }

    private static void requireHelp(String name, CommandLine command) {
        var usage = command.getUsageMessage();
        assertThat(usage).as(name).contains("Usage: quantgate").doesNotContain("<null>");
        assertThat(command.getCommandSpec().usageMessage().description())
                .as(name)
                .isNotEmpty();
        command.getSubcommands().forEach(ServeCommandTest::requireHelp);
    }
}
