package dev.quantgate.gateway.cli;

import dev.quantgate.v1.ChatMessage;
import dev.quantgate.v1.ChatRequest;
import dev.quantgate.v1.GenerationOptions;
import dev.quantgate.v1.ImportModelRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.v1.ListModelsRequest;
import dev.quantgate.v1.ModelServiceGrpc;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code quantgate self-train}: loads the classes of a usual run, so that set-up can archive them for fast starts. */
@Command(name = "self-train", hidden = true, description = "Used by set-up.")
final class SelfTrainCommand extends RpcCommand {
    private static final String MODEL = "training";

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "A small GGUF model.")
    private @Nullable String file;

    @Override
    protected int run() {
        var channel = connection.channel();
        var models = ModelServiceGrpc.newBlockingStub(channel);
        var unused = models.listModels(ListModelsRequest.getDefaultInstance());
        if (file == null) {
            return ExitCodes.OK;
        }
        var operation = models.importModel(ImportModelRequest.newBuilder()
                .setModelId(MODEL)
                .setSourceUri(file)
                .build());
        var done = new OperationWatcher(channel, console).watch(operation.getName());
        console.message(done);
        var request = ChatRequest.newBuilder()
                .setModel(Resources.model(MODEL))
                .addMessages(ChatMessage.newBuilder().setRole("user").setContent("Hello"))
                .setOptions(GenerationOptions.newBuilder().setMaxTokens(12))
                .build();
        InferenceServiceGrpc.newBlockingStub(channel)
                .chat(request)
                .forEachRemaining(response -> console.print(response.getDelta().getContent()));
        return ExitCodes.OK;
    }
}
