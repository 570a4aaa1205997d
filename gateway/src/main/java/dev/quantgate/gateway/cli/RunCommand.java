package dev.quantgate.gateway.cli;

import dev.quantgate.v1.ChatRequest;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quantgate run}: answers a prompt, or chats when there is none; brings a known model first if need be. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Answer a prompt through the model's chat template; without a prompt, chat.")
final class RunCommand extends RpcCommand {
    @Parameters(index = "0", paramLabel = "MODEL", description = "MODEL or MODEL:VARIANT.")
    private String model = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PROMPT",
            description = "The prompt; '-' reads it from standard input.")
    private @Nullable String prompt;

    @Option(names = "--system", paramLabel = "TEXT", description = "System message.")
    private String system = "";

    @Option(names = "--timings", description = "Print token counts and times after each answer.")
    private boolean timings;

    @Mixin
    private GenerationFlags flags = new GenerationFlags();

    @Override
    protected int run() throws Exception {
        var name = Resources.model(model);
        ModelRecipes.installed().bringIfMissing(name, connection.channel(), console);
        var settings = ChatRequest.newBuilder()
                .setModel(name)
                .setSampling(flags.sampling())
                .setOptions(flags.options())
                .addAllLora(flags.lora())
                .setSession(flags.session());
        flags.keepAlive().ifPresent(settings::setKeepAlive);
        var session = new ChatSession(connection.channel(), console, settings.build(), system, timings);
        if (prompt != null) {
            session.ask(prompt.equals("-") ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : prompt);
        } else {
            session.talk();
        }
        return ExitCodes.OK;
    }
}
