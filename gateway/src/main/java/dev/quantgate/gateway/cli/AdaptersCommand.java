package dev.quantgate.gateway.cli;

import com.google.protobuf.Message;
import dev.quantgate.v1.DeleteAdapterRequest;
import dev.quantgate.v1.GetModelRequest;
import dev.quantgate.v1.ImportAdapterRequest;
import dev.quantgate.v1.ModelServiceGrpc;
import dev.quantgate.v1.ModelServiceGrpc.ModelServiceBlockingStub;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quantgate adapters}: the LoRA adapters of a model. */
@Command(
        name = "adapters",
        mixinStandardHelpOptions = true,
        description = "List, import and remove LoRA adapters of a model; run --lora NAME uses one.",
        subcommands = {AdaptersCommand.Ls.class, AdaptersCommand.Import.class, AdaptersCommand.Rm.class})
final class AdaptersCommand {
    /** {@code adapters ls}. */
    @Command(name = "ls", mixinStandardHelpOptions = true, description = "List a model's adapters.")
    static final class Ls extends RpcCommand {
        @Parameters(paramLabel = "MODEL", description = "The model.")
        private String model = "";

        @Override
        protected int run() {
            var answer = ModelServiceGrpc.newBlockingStub(connection.channel())
                    .getModel(GetModelRequest.newBuilder()
                            .setName(Resources.model(model))
                            .build());
            var table = new Table("ADAPTER", "RANK", "ALPHA", "SIZE", "SHA256");
            for (var adapter : answer.getAdaptersList()) {
                if (console.json()) {
                    console.message(adapter);
                }
                table.row(
                        Resources.last(adapter.getName()),
                        Integer.toString(adapter.getRank()),
                        Float.toString(adapter.getAlpha()),
                        Table.bytes(adapter.getSizeBytes()),
                        adapter.getSha256());
            }
            if (!console.json()) {
                console.line(table.toString());
            }
            return ExitCodes.OK;
        }
    }

    /** {@code adapters import}. */
    @Command(name = "import", mixinStandardHelpOptions = true, description = "Copy a GGUF LoRA adapter into the store.")
    static final class Import extends RpcCommand {
        @Parameters(index = "0", paramLabel = "MODEL", description = "The model that it was trained for.")
        private String model = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "GGUF file with the adapter.")
        private String file = "";

        @Option(names = "--name", required = true, paramLabel = "N", description = "Name to give it.")
        private String name = "";

        @Override
        protected int run() {
            var path = Path.of(file).toAbsolutePath();
            if (!Files.isReadable(path)) {
                throw new CliException(ExitCodes.NOT_FOUND, path + " cannot be read");
            }
            var adapter = ModelServiceGrpc.newBlockingStub(connection.channel())
                    .importAdapter(ImportAdapterRequest.newBuilder()
                            .setParent(Resources.model(model))
                            .setAdapterId(name)
                            .setSourceUri(path.toString())
                            .build());
            if (console.json()) {
                console.message(adapter);
            } else {
                console.line(name + " imported for " + model + " (rank " + adapter.getRank() + ")");
            }
            return ExitCodes.OK;
        }
    }

    /** {@code adapters rm}. */
    @Command(name = "rm", mixinStandardHelpOptions = true, description = "Remove an adapter.")
    static final class Rm extends RemoveCommand {
        @Parameters(index = "1", paramLabel = "ADAPTER", description = "The adapter.")
        private String adapter = "";

        @Override
        protected String removed() {
            return adapter;
        }

        @Override
        protected Message remove(ModelServiceBlockingStub models, String parent) {
            return models.deleteAdapter(DeleteAdapterRequest.newBuilder()
                    .setName(parent + "/adapters/" + adapter)
                    .build());
        }
    }
}
