package dev.quantgate.gateway.cli;

import dev.quantgate.v1.FillMaskRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quantgate fill-mask}: what may stand at a mask. */
@Command(name = "fill-mask", mixinStandardHelpOptions = true, description = "Fill the mask token of texts.")
final class FillMaskCommand extends RpcCommand {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TEXT", description = "Texts with <mask> or [MASK].")
    private List<String> texts = new ArrayList<>();

    @Option(names = "--top-k", paramLabel = "K", defaultValue = "5", description = "Tokens for each mask. Default 5.")
    private int topK;

    @Override
    protected int run() {
        var answer = InferenceServiceGrpc.newBlockingStub(connection.channel())
                .fillMask(FillMaskRequest.newBuilder()
                        .setModel(Resources.model(model))
                        .addAllInputs(texts)
                        .setTopK(topK)
                        .build());
        if (console.json()) {
            console.message(answer);
            return ExitCodes.OK;
        }
        for (var result : answer.getResultsList()) {
            for (var mask : result.getMasksList()) {
                for (var candidate : mask.getCandidatesList()) {
                    console.line(String.format(
                            "%.4f  %-16s %s", candidate.getScore(), candidate.getText(), candidate.getSequence()));
                }
            }
        }
        return ExitCodes.OK;
    }
}
