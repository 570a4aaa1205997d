package dev.quantgate.gateway.cli;

import dev.quantgate.gateway.config.ConfigException;
import dev.quantgate.gateway.config.GatewayConfig;
import dev.quantgate.worker.api.backend.BackendProvider;
import dev.quantgate.worker.api.backend.BackendSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code quantgate doctor}: says what would keep Quantgate from working on this machine. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Check this machine, the configuration, the engines and the store.")
final class DoctorCommand implements Callable<Integer> {
    private static final int LEAST_JAVA = 17;
    private static final long LEAST_FREE_BYTES = 1_000_000_000L;

    @Mixin
    private Console console = new Console();

    @Mixin
    private ConfigFlags flags = new ConfigFlags();

    private boolean healthy = true;

    @Override
    public Integer call() {
        var java = Runtime.version().feature();
        report("java", java >= LEAST_JAVA, java + " (needed: " + LEAST_JAVA + " or newer)");
        report(
                "machine",
                true,
                Runtime.getRuntime().availableProcessors() + " processors, " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch"));
        try {
            var config = flags.configuration(Map.of());
            report("configuration", true, "valid");
            checkStore(config);
        } catch (CliException | ConfigException wrong) {
            report("configuration", false, String.valueOf(wrong.getMessage()));
        }
        ServiceLoader.load(BackendProvider.class).forEach(this::checkEngine);
        return healthy ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private void checkStore(GatewayConfig config) {
        Path root = config.store().root();
        try {
            Files.createDirectories(root);
            var probe = Files.createTempFile(root, ".doctor", "");
            Files.delete(probe);
            var freeBytes = Files.getFileStore(root).getUsableSpace();
            report("store", freeBytes >= LEAST_FREE_BYTES, root + ", " + Table.bytes(freeBytes) + " free");
        } catch (IOException failed) {
            report("store", false, root + " cannot be written: " + failed.getMessage());
        }
    }

    private void checkEngine(BackendProvider provider) {
        var settings = new BackendSettings(1, Long.MAX_VALUE, 0, 1, 1, Map.of());
        try (var backend = provider.create(settings)) {
            var engine = backend.engine();
            report(
                    "engine " + provider.name(),
                    true,
                    engine.version() + " " + engine.cpuVariant() + " " + engine.description());
        } catch (RuntimeException | LinkageError broken) {
            report("engine " + provider.name(), false, String.valueOf(broken.getMessage()));
        }
    }

    private void report(String what, boolean fine, String detail) {
        healthy &= fine;
        if (console.json()) {
            console.line(new io.vertx.core.json.JsonObject()
                    .put("check", what)
                    .put("ok", fine)
                    .put("detail", detail)
                    .encode());
        } else {
            console.line(String.format("%-4s  %-18s %s", fine ? "ok" : "FAIL", what, detail));
        }
    }
}
