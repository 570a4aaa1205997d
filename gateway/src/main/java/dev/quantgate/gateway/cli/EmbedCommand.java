package dev.quantgate.gateway.cli;

import dev.quantgate.v1.EmbedRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.v1.Pooling;
import dev.quantgate.v1.Truncation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quantgate embed}: vectors for texts. */
@Command(name = "embed", mixinStandardHelpOptions = true, description = "Turn texts into vectors, one a line.")
final class EmbedCommand extends RpcCommand {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TEXT", description = "The texts.")
    private List<String> texts = new ArrayList<>();

    @Option(names = "--pooling", paramLabel = "P", description = "mean, cls or last. Default: what the model says.")
    private PoolingFlag pooling = PoolingFlag.MODEL;

    @Option(names = "--truncate", description = "Cut texts that are too long instead of refusing them.")
    private boolean truncate;

    /** Values of --pooling. */
    enum PoolingFlag {
        MODEL,
        MEAN,
        CLS,
        LAST
    }

    @Override
    protected int run() {
        var answer = InferenceServiceGrpc.newBlockingStub(connection.channel())
                .embed(EmbedRequest.newBuilder()
                        .setModel(Resources.model(model))
                        .addAllInputs(texts)
                        .setPooling(
                                switch (pooling) {
                                    case MODEL -> Pooling.POOLING_UNSPECIFIED;
                                    case MEAN -> Pooling.POOLING_MEAN;
                                    case CLS -> Pooling.POOLING_CLS;
                                    case LAST -> Pooling.POOLING_LAST;
                                })
                        .setTruncation(truncate ? Truncation.TRUNCATION_END : Truncation.TRUNCATION_ERROR)
                        .build());
        if (console.json()) {
            console.message(answer);
            return ExitCodes.OK;
        }
        for (var embedding : answer.getEmbeddingsList()) {
            console.line(embedding.getValuesList().stream().map(String::valueOf).collect(Collectors.joining(" ")));
        }
        return ExitCodes.OK;
    }
}
