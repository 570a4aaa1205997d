package dev.quantgate.gateway.cli;

import com.google.longrunning.Operation;
import dev.quantgate.v1.DeleteModelRequest;
import dev.quantgate.v1.GetModelRequest;
import dev.quantgate.v1.ImportModelRequest;
import dev.quantgate.v1.ListModelsRequest;
import dev.quantgate.v1.ListQuantizationTypesRequest;
import dev.quantgate.v1.LoadModelRequest;
import dev.quantgate.v1.Model;
import dev.quantgate.v1.ModelServiceGrpc;
import dev.quantgate.v1.UnloadModelRequest;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quantgate models}: the model store. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = "List, show, bring, import, remove, load and unload models.",
        subcommands = {
            ModelsCommand.Ls.class,
            ModelsCommand.Show.class,
            ModelsCommand.Pull.class,
            ModelsCommand.Import.class,
            ModelsCommand.Rm.class,
            ModelsCommand.Load.class,
            ModelsCommand.Unload.class,
            ModelsCommand.Types.class
        })
final class ModelsCommand {
    private static final String MODEL_OR_VARIANT = "MODEL or MODEL:VARIANT.";

    /** {@code models ls}. */
    @Command(name = "ls", mixinStandardHelpOptions = true, description = "List models.")
    static final class Ls extends RpcCommand {
        @Override
        protected int run() {
            var stub = ModelServiceGrpc.newBlockingStub(connection.channel());
            var table = new Table("MODEL", "TYPE", "BACKEND", "VARIANT", "QUANTIZATION", "SIZE", "STATE");
            var pageToken = "";
            do {
                var page = stub.listModels(
                        ListModelsRequest.newBuilder().setPageToken(pageToken).build());
                for (var model : page.getModelsList()) {
                    if (console.json()) {
                        console.message(model);
                    } else {
                        addRows(table, model);
                    }
                }
                pageToken = page.getNextPageToken();
            } while (!pageToken.isEmpty());
            if (!console.json()) {
                console.line(table.toString());
            }
            return ExitCodes.OK;
        }

        private static void addRows(Table table, Model model) {
            for (var variant : model.getVariantsList()) {
                var isDefault = variant.getName().equals(model.getDefaultVariant()) ? " *" : "";
                table.row(
                        Resources.display(model.getName()),
                        model.getModelType(),
                        model.getBackend(),
                        Resources.last(variant.getName()) + isDefault,
                        variant.getQuantizationType(),
                        Table.bytes(variant.getSizeBytes()),
                        variant.getState()
                                .name()
                                .substring("LOAD_STATE_".length())
                                .toLowerCase(Locale.ROOT));
            }
        }
    }

    /** {@code models show}. */
    @Command(name = "show", mixinStandardHelpOptions = true, description = "Show one model.")
    static final class Show extends RpcCommand {
        @Parameters(paramLabel = "MODEL", description = "The model.")
        private String model = "";

        @Override
        protected int run() {
            var answer = ModelServiceGrpc.newBlockingStub(connection.channel())
                    .getModel(GetModelRequest.newBuilder()
                            .setName(Resources.model(model))
                            .build());
            if (console.json()) {
                console.message(answer);
                return ExitCodes.OK;
            }
            console.line("name        " + Resources.display(answer.getName()));
            console.line("type        " + answer.getModelType());
            console.line("version     " + answer.getVersion());
            console.line("source      " + answer.getSource());
            console.line("backend     " + answer.getBackend());
            console.line("tasks       " + answer.getTasksList());
            console.line("dimensions  " + answer.getDimensionsMap());
            for (var variant : answer.getVariantsList()) {
                console.line(String.format(
                        "variant     %s: %s, %s, sha256 %s, tensors %s, %s",
                        Resources.last(variant.getName()),
                        variant.getQuantizationType(),
                        Table.bytes(variant.getSizeBytes()),
                        variant.getSha256(),
                        variant.getTensorTypesMap(),
                        variant.getStateReason()));
            }
            return ExitCodes.OK;
        }
    }

    /** {@code models pull}. */
    @Command(
            name = "pull",
            mixinStandardHelpOptions = true,
            description = "Bring a model that Quantgate knows where to get.")
    static final class Pull extends RpcCommand {
        @Parameters(arity = "0..1", paramLabel = "MODEL", description = "The model; none lists the known ones.")
        private String model = "";

        @Override
        protected int run() throws Exception {
            var recipes = ModelRecipes.installed();
            if (model.isEmpty()) {
                recipes.known().forEach(this::list);
                return ExitCodes.OK;
            }
            if (!recipes.known().contains(model)) {
                throw new CliException(
                        ExitCodes.NOT_FOUND,
                        model + " is not known (known: " + String.join(", ", recipes.known())
                                + "). Use 'models import FILE --name " + model + "' for a local file.");
            }
            recipes.bring(model, connection.channel(), console);
            return ExitCodes.OK;
        }

        private void list(String known) {
            console.line(console.json() ? new JsonObject().put("model", known).encode() : known);
        }
    }

    /** {@code models import}. */
    @Command(name = "import", mixinStandardHelpOptions = true, description = "Copy a local model into the store.")
    static final class Import extends RpcCommand {
        @Parameters(paramLabel = "FILE", description = "GGUF file, or Hugging Face folder (hf:DIR is fine, too).")
        private String file = "";

        @Option(names = "--name", required = true, paramLabel = "N", description = "Name to give it.")
        private String name = "";

        @Option(names = "--type", paramLabel = "T", description = "Expected architecture, such as roberta.")
        private String type = "";

        @Option(names = "--version-label", paramLabel = "V", description = "Version to record.")
        private String version = "";

        @Override
        protected int run() {
            var path =
                    Path.of(file.startsWith("hf:") ? file.substring(3) : file).toAbsolutePath();
            if (!Files.isReadable(path)) {
                throw new CliException(ExitCodes.NOT_FOUND, path + " cannot be read");
            }
            var operation = ModelServiceGrpc.newBlockingStub(connection.channel())
                    .importModel(ImportModelRequest.newBuilder()
                            .setModelId(name)
                            .setSourceUri(path.toString())
                            .setModelType(type)
                            .setVersion(version)
                            .build());
            Operation done = new OperationWatcher(connection.channel(), console).watch(operation.getName());
            if (!console.json()) {
                console.line(name + " imported (" + Resources.last(done.getName()) + ")");
            }
            return ExitCodes.OK;
        }
    }

    /** {@code models rm}. */
    @Command(name = "rm", mixinStandardHelpOptions = true, description = "Remove a model, or one variant of it.")
    static final class Rm extends RpcCommand {
        @Parameters(paramLabel = "MODEL", description = MODEL_OR_VARIANT)
        private String model = "";

        @Override
        protected int run() {
            var answer = ModelServiceGrpc.newBlockingStub(connection.channel())
                    .deleteModel(DeleteModelRequest.newBuilder()
                            .setName(Resources.model(model))
                            .build());
            if (console.json()) {
                console.message(answer);
            } else {
                console.line(model + " removed");
            }
            return ExitCodes.OK;
        }
    }

    /** {@code models load}. */
    @Command(name = "load", mixinStandardHelpOptions = true, description = "Load a model into memory.")
    static final class Load extends RpcCommand {
        @Parameters(paramLabel = "MODEL", description = MODEL_OR_VARIANT)
        private String model = "";

        @Option(names = "--context", paramLabel = "N", description = "Tokens of context for each sequence.")
        private int context;

        @Option(
                names = "--pin",
                negatable = true,
                description = "Keep it in memory until it is unloaded by name; --no-pin ends that.")
        private @Nullable Boolean pin;

        @Option(
                names = "--keep-alive",
                paramLabel = "TIME",
                description = "Unload it so long after its last request, such as 5m; -1 never does.")
        private @Nullable String keepAlive;

        @Override
        protected int run() {
            var request = LoadModelRequest.newBuilder()
                    .setName(Resources.model(model))
                    .setContextLength(context);
            if (pin != null) {
                request.setPin(pin);
            }
            if (keepAlive != null) {
                request.setKeepAlive(KeepAlive.parse(keepAlive));
            }
            var answer = ModelServiceGrpc.newBlockingStub(connection.channel()).loadModel(request.build());
            if (console.json()) {
                console.message(answer);
            } else {
                console.line(Resources.display(answer.getVariant().getName())
                        + (answer.getAlreadyLoaded() ? " was loaded before" : " loaded")
                        + " (" + Table.bytes(answer.getVariant().getMemoryBytes()) + ")");
            }
            return ExitCodes.OK;
        }
    }

    /** {@code models unload}. */
    @Command(name = "unload", mixinStandardHelpOptions = true, description = "Free a model's memory.")
    static final class Unload extends RpcCommand {
        @Parameters(paramLabel = "MODEL", description = MODEL_OR_VARIANT)
        private String model = "";

        @Override
        protected int run() {
            var answer = ModelServiceGrpc.newBlockingStub(connection.channel())
                    .unloadModel(UnloadModelRequest.newBuilder()
                            .setName(Resources.model(model))
                            .build());
            if (console.json()) {
                console.message(answer);
            } else if (answer.getVariantsCount() == 0) {
                console.line(model + " was not loaded");
            } else {
                answer.getVariantsList().forEach(name -> console.line(Resources.display(name) + " unloaded"));
            }
            return ExitCodes.OK;
        }
    }

    /** {@code models types}. */
    @Command(name = "types", mixinStandardHelpOptions = true, description = "List quantisation types.")
    static final class Types extends RpcCommand {
        @Parameters(arity = "0..1", paramLabel = "MODEL", description = "Only what this model's backend offers.")
        private String model = "";

        @Override
        protected int run() {
            var answer = ModelServiceGrpc.newBlockingStub(connection.channel())
                    .listQuantizationTypes(ListQuantizationTypesRequest.newBuilder()
                            .setName(model.isEmpty() ? "" : Resources.model(model))
                            .build());
            if (console.json()) {
                console.message(answer);
                return ExitCodes.OK;
            }
            var table = new Table("TYPE", "BACKEND", "BITS", "NEEDS IMATRIX", "DESCRIPTION");
            for (var type : answer.getTypesList()) {
                table.row(
                        type.getName() + (type.getIsDefault() ? " *" : ""),
                        type.getBackend(),
                        String.format("%.2f", type.getBitsPerWeight()),
                        type.getNeedsImportanceMatrix() ? "yes" : "",
                        type.getDescription());
            }
            console.line(table.toString());
            return ExitCodes.OK;
        }
    }
}
