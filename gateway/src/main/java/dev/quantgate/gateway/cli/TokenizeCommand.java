package dev.quantgate.gateway.cli;

import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.v1.TokenizeRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quantgate tokenize}: a text's tokens. */
@Command(name = "tokenize", mixinStandardHelpOptions = true, description = "Split a text into the model's tokens.")
final class TokenizeCommand extends RpcCommand {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Parameters(index = "1", paramLabel = "TEXT", description = "The text.")
    private String text = "";

    @Option(names = "--no-special", description = "Leave out the tokens that the model expects at start and end.")
    private boolean noSpecial;

    @Option(names = "--parse-special", description = "Read special tokens in the text as such.")
    private boolean parseSpecial;

    @Override
    protected int run() {
        var answer = InferenceServiceGrpc.newBlockingStub(connection.channel())
                .tokenize(TokenizeRequest.newBuilder()
                        .setModel(Resources.model(model))
                        .setText(text)
                        .setAddSpecial(!noSpecial)
                        .setParseSpecial(parseSpecial)
                        .build());
        if (console.json()) {
            console.message(answer);
            return ExitCodes.OK;
        }
        for (int i = 0; i < answer.getTokensCount(); i++) {
            console.line(String.format("%8d  %s", answer.getTokens(i), answer.getTexts(i)));
        }
        return ExitCodes.OK;
    }
}
