package dev.quantgate.bench.soak;

import dev.quantgate.bench.Machine;
import dev.quantgate.bench.process.Gateway;
import dev.quantgate.bench.process.Shape;
import dev.quantgate.bench.process.Store;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.random.RandomGeneratorFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Keeps a gateway busy for minutes and judges what it did; prints a table and writes JSON. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = "Keeps a gateway busy and checks every text, and that nothing grows.")
final class SoakMain implements Callable<Integer> {
    private static final int CONTEXT_TOKENS = 512;
    private static final int TASKS = 32;
    private static final double LEAST_MINUTES = 0.1;
    private static final double MOST_MINUTES = 24 * 60;
    /** How long a gateway may take to let go of what ended. */
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(20);

    private static final long POLL_MILLIS = 250;
    /** A heap that cannot grow and is in RAM from the start: what grows then is a leak. */
    private static final String JAVA_OPTIONS = "-Xms192m -Xmx192m -XX:+AlwaysPreTouch";

    @Option(names = "--root", required = true, description = "Folder of the project.")
    private Path root = Path.of("");

    @Option(names = "--model", required = true, description = "GGUF file to serve.")
    private Path model = Path.of("");

    @Option(names = "--minutes", description = "How long; default: ${DEFAULT-VALUE}.")
    private double minutes = 10;

    @Option(names = "--clients", description = "Clients at once; default: ${DEFAULT-VALUE}.")
    private int clients = 16;

    @Option(names = "--options", description = "Options of the backend; default: ${DEFAULT-VALUE}.")
    private String options = "deterministic=true";

    @Option(names = "--threads", description = "Native threads; default: one for each processor.")
    private int threads = Machine.cores();

    @Option(names = "--seed", description = "Seed of tasks and behaviours; default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    private final PrintStream err = System.err;

    /** Runs the command line. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new SoakMain()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (!(minutes >= LEAST_MINUTES && minutes <= MOST_MINUTES) || clients < 1 || clients > 256) {
            err.println("--minutes: " + minutes + ", --clients: " + clients + " (expected: " + LEAST_MINUTES + " to "
                    + MOST_MINUTES + ", 1 to 256)");
            return CommandLine.ExitCode.USAGE;
        }
        var out = Files.createDirectories(root.resolve("target/bench"));
        var shape = new Shape(threads, clients, CONTEXT_TOKENS);
        var settings =
                Map.of("QUANTGATE_WORKERS_BACKENDS_LLAMA_CPP_OPTIONS", options, "QUANTGATE_JAVA_OPTS", JAVA_OPTIONS);
        SoakReport report;
        try (var gateway = Gateway.start(
                root.resolve("scripts/quantgate"),
                out.resolve("home/soak"),
                shape,
                settings,
                out.resolve("logs/soak.log"))) {
            report = run(gateway);
        }
        Files.writeString(out.resolve("soak.json"), report.json(), StandardCharsets.UTF_8);
        System.out.print(report.table());
        return report.passed() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private SoakReport run(Gateway gateway) throws Exception {
        var store = new Store(gateway.channel());
        store.importOnce(model);
        store.load();
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        var tasks = Task.some(TASKS, random);
        err.println("references: " + tasks.size() + " texts, one at a time");
        var references = new HashMap<Task, Answer>();
        try (var reference = new GrpcSoakClient(gateway.port())) {
            for (var task : tasks) {
                references.put(task, reference.ask(task, Behaviour.READ, 0));
            }
        }
        settle(store);
        try (var watch = new ServerWatch(gateway.process())) {
            var before = watch.sample();
            var heapBefore = LiveHeap.mib(gateway.process().pid());
            err.println("soak: " + clients + " clients for " + minutes + " minutes");
            var tally = new Tally();
            var crowd = new Crowd(gateway.port(), tasks, references, tally, seed);
            var length = Duration.ofMillis(Math.round(minutes * 60_000));
            crowd.run(clients, length, watch.lost());
            var samples = watch.samples();
            var settled = settle(store);
            var heapAfter = LiveHeap.mib(gateway.process().pid());
            return new SoakReport(
                    Machine.description(),
                    minutes,
                    clients,
                    tally,
                    samples,
                    before,
                    settledSample(watch, before),
                    settled,
                    heapBefore,
                    heapAfter);
        }
    }

    /** Waits until nothing runs or waits; tells whether that came. */
    private static boolean settle(Store store) throws InterruptedException {
        var limit = System.nanoTime() + SETTLE_LIMIT.toNanos();
        while (store.statistic("running") + store.statistic("queued") > 0) {
            if (System.nanoTime() > limit) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }

    /** Sockets of clients that are gone take the kernel a moment. */
    private static ServerWatch.Sample settledSample(ServerWatch watch, ServerWatch.Sample before) throws Exception {
        var limit = System.nanoTime() + SETTLE_LIMIT.toNanos();
        var now = watch.sample();
        while ((now.files() > before.files() || now.threads() > before.threads()) && System.nanoTime() < limit) {
            Thread.sleep(POLL_MILLIS);
            now = watch.sample();
        }
        return now;
    }
}
