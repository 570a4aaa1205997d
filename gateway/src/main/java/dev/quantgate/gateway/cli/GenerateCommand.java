package dev.quantgate.gateway.cli;

import dev.quantgate.v1.GenerateRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quantgate generate}: continues a prompt as it stands, without a chat template. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = "Continue a prompt as it stands, without a chat template.")
final class GenerateCommand extends RpcCommand {
    @Parameters(index = "0", paramLabel = "MODEL", description = "MODEL or MODEL:VARIANT.")
    private String model = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PROMPT",
            description = "The prompt; '-' or none reads it from standard input.")
    private @Nullable String prompt;

    @Option(names = "--parse-special", description = "Read special tokens in the prompt as such.")
    private boolean parseSpecial;

    @Option(names = "--timings", description = "Print token counts and times at the end.")
    private boolean timings;

    @Mixin
    private GenerationFlags flags = new GenerationFlags();

    @Override
    protected int run() throws Exception {
        var text = prompt == null || prompt.equals("-")
                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                : prompt;
        var request = GenerateRequest.newBuilder()
                .setModel(Resources.model(model))
                .setPrompt(text)
                .setParseSpecial(parseSpecial)
                .setSampling(flags.sampling())
                .setOptions(flags.options())
                .addAllLora(flags.lora())
                .setSession(flags.session());
        flags.keepAlive().ifPresent(request::setKeepAlive);
        var responses =
                InferenceServiceGrpc.newBlockingStub(connection.channel()).generate(request.build());
        while (responses.hasNext()) {
            var response = responses.next();
            if (console.json()) {
                console.message(response);
                continue;
            }
            switch (response.getEventCase()) {
                case CHUNK -> console.print(response.getChunk().getText());
                case COMPLETION -> {
                    console.line("");
                    if (timings) {
                        console.note(Timing.describe(response.getCompletion()));
                    }
                }
                case EVENT_NOT_SET -> console.note("an empty message was ignored");
            }
        }
        return ExitCodes.OK;
    }
}
