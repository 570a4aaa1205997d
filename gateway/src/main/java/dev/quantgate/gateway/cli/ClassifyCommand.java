package dev.quantgate.gateway.cli;

import dev.quantgate.v1.ClassifyRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.v1.TextInput;
import dev.quantgate.v1.Truncation;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quantgate classify}: labels or entities for texts. */
@Command(name = "classify", mixinStandardHelpOptions = true, description = "Label texts, or find entities in them.")
final class ClassifyCommand extends RpcCommand {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TEXT", description = "The texts.")
    private List<String> texts = new ArrayList<>();

    @Option(names = "--pair", paramLabel = "TEXT", description = "Second text, for models that take pairs.")
    private String pair = "";

    @Option(names = "--top-k", paramLabel = "K", description = "Labels to show for each text. Default: all.")
    private int topK;

    @Option(names = "--truncate", description = "Cut texts that are too long instead of refusing them.")
    private boolean truncate;

    @Override
    protected int run() {
        var request = ClassifyRequest.newBuilder()
                .setModel(Resources.model(model))
                .setTopK(topK)
                .setTruncation(truncate ? Truncation.TRUNCATION_END : Truncation.TRUNCATION_ERROR);
        texts.forEach(text -> request.addInputs(
                TextInput.newBuilder().setText(text).setTextPair(pair).build()));
        var answer = InferenceServiceGrpc.newBlockingStub(connection.channel()).classify(request.build());
        if (console.json()) {
            console.message(answer);
            return ExitCodes.OK;
        }
        for (int i = 0; i < answer.getResultsCount(); i++) {
            console.line(texts.get(i));
            for (var label : answer.getResults(i).getLabelsList()) {
                console.line(String.format("  %.4f  %s", label.getScore(), label.getLabel()));
            }
            for (var entity : answer.getResults(i).getEntitiesList()) {
                console.line(String.format(
                        "  %.4f  %s  %d..%d  %s",
                        entity.getScore(), entity.getLabel(), entity.getStart(), entity.getEnd(), entity.getText()));
            }
        }
        return ExitCodes.OK;
    }
}
