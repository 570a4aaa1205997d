package dev.quantgate.gateway.cli;

import com.google.protobuf.Message;
import dev.quantgate.v1.ModelServiceGrpc;
import dev.quantgate.v1.ModelServiceGrpc.ModelServiceBlockingStub;
import picocli.CommandLine.Parameters;

/** A command that removes something that a model has; subclasses know what. */
abstract class RemoveCommand extends RpcCommand {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
    private String model = "";

    /** Name of what is removed, as it was typed. */
    protected abstract String removed();

    /** Removes it from the model with this resource name. */
    protected abstract Message remove(ModelServiceBlockingStub models, String parent);

    @Override
    protected final int run() {
        var answer = remove(ModelServiceGrpc.newBlockingStub(connection.channel()), Resources.model(model));
        if (console.json()) {
            console.message(answer);
        } else {
            console.line(removed() + " removed from " + model);
        }
        return ExitCodes.OK;
    }
}
