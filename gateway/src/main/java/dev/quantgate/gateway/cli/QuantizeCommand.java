package dev.quantgate.gateway.cli;

import dev.quantgate.v1.ModelServiceGrpc;
import dev.quantgate.v1.QuantizeModelRequest;
import dev.quantgate.v1.QuantizeModelResponse;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quantgate quantize}: makes a quantised variant, or joins the operation that makes it. */
@Command(
        name = "quantize",
        mixinStandardHelpOptions = true,
        description =
                "Make a quantised variant. Joins a running operation for the same type; run it again to go on watching.")
final class QuantizeCommand extends RpcCommand {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Option(
            names = "--type",
            paramLabel = "T",
            description = "Type such as Q4_K_M, Q8_0, dynamic_int8; see 'models types'.")
    private String type = "";

    @Option(names = "--allow-requantize", description = "Allow a source that is quantised already.")
    private boolean allowRequantize;

    @Option(names = "--imatrix", paramLabel = "FILE", description = "Importance matrix.")
    private @Nullable Path importanceMatrix;

    @Option(names = "--set-default", description = "Serve the new variant when a request names none.")
    private boolean setDefault;

    @Option(names = "--request-id", paramLabel = "ID", description = "Idempotency key.")
    private String requestId = "";

    @Option(names = "--no-wait", description = "Print the operation and return at once.")
    private boolean noWait;

    @Override
    protected int run() throws Exception {
        ModelRecipes.installed().bringIfMissing(Resources.model(model), connection.channel(), console);
        var request = QuantizeModelRequest.newBuilder()
                .setName(Resources.model(model))
                .setQuantizationType(type)
                .setAllowRequantize(allowRequantize)
                .setSetDefault(setDefault)
                .setRequestId(requestId);
        if (importanceMatrix != null) {
            request.setImportanceMatrixUri(importanceMatrix.toAbsolutePath().toString());
        }
        var operation = ModelServiceGrpc.newBlockingStub(connection.channel()).quantizeModel(request.build());
        if (noWait) {
            if (console.json()) {
                console.message(operation);
            } else {
                console.line(Resources.last(operation.getName()));
            }
            return ExitCodes.OK;
        }
        var done = new OperationWatcher(connection.channel(), console).watch(operation.getName());
        if (!console.json()) {
            console.line(describe(done.getResponse().unpack(QuantizeModelResponse.class)));
        }
        return ExitCodes.OK;
    }

    private static String describe(QuantizeModelResponse response) {
        var name = Resources.display(response.getVariant().getName());
        if (response.getAlreadyQuantized()) {
            return name + " exists already ("
                    + Table.bytes(response.getVariant().getSizeBytes()) + ")";
        }
        var report = response.getReport();
        var text = new StringBuilder(String.format(
                "%s: %s -> %s (%.2f of the source) in %.1f s",
                name,
                Table.bytes(report.getSourceBytes()),
                Table.bytes(report.getQuantizedBytes()),
                (double) report.getQuantizedBytes() / Math.max(1, report.getSourceBytes()),
                report.getDurationMillis() / 1e3));
        text.append("\ntensors: ").append(report.getTensorTypesMap());
        if (report.getQualityCount() > 0) {
            text.append("\nquality: ").append(report.getQualityMap());
        }
        return text.toString();
    }
}
