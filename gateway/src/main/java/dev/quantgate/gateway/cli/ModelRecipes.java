package dev.quantgate.gateway.cli;

import dev.quantgate.v1.GetModelRequest;
import dev.quantgate.v1.ImportModelRequest;
import dev.quantgate.v1.ModelServiceGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Brings models that Quantgate knows where to get: a recipe is an executable file in the folder that
 * {@code QUANTGATE_RECIPES} names; it fetches, checks and caches the files and prints their path.
 */
final class ModelRecipes {
    private final Path folder;

    ModelRecipes(Path folder) {
        this.folder = folder;
    }

    /** The recipes of this installation. */
    static ModelRecipes installed() {
        return new ModelRecipes(Path.of(System.getenv().getOrDefault("QUANTGATE_RECIPES", "scripts/models"))
                .toAbsolutePath());
    }

    /** Names of the models that can be brought. */
    List<String> known() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isExecutable)
                    .filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    /** Imports the model behind a resource name if the store lacks it and a recipe has its name. */
    void bringIfMissing(String resourceName, Channel channel, Console console)
            throws IOException, InterruptedException {
        var parts = resourceName.split("/", -1);
        if (parts.length < 2 || !known().contains(parts[1])) {
            return;
        }
        var model = "models/" + parts[1];
        try {
            var unused = ModelServiceGrpc.newBlockingStub(channel)
                    .getModel(GetModelRequest.newBuilder().setName(model).build());
        } catch (StatusRuntimeException failure) {
            if (failure.getStatus().getCode() != Status.Code.NOT_FOUND) {
                throw failure;
            }
            bring(parts[1], channel, console);
        }
    }

    /** Fetches and imports a known model. */
    void bring(String model, Channel channel, Console console) throws IOException, InterruptedException {
        var path = fetch(model);
        var request = ImportModelRequest.newBuilder()
                .setModelId(model)
                .setSourceUri(path)
                .build();
        var operation = ModelServiceGrpc.newBlockingStub(channel).importModel(request);
        var unused = new OperationWatcher(channel, console).watch(operation.getName());
    }

    private String fetch(String model) throws IOException, InterruptedException {
        var process = new ProcessBuilder(folder.resolve(model).toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0 || output.isEmpty()) {
            throw new CliException(ExitCodes.FAILED, "the model " + model + " could not be brought");
        }
        return output.lines().reduce((first, second) -> second).orElseThrow();
    }
}
