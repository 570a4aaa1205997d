package dev.quantgate.bench;

import dev.quantgate.bench.encoders.EncodersSuite;
import dev.quantgate.bench.gateway.GatewaySuite;
import dev.quantgate.bench.kv.KvSuite;
import dev.quantgate.bench.serving.ServingSuite;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a suite, prints its table and writes its JSON. */
@Command(name = "bench", mixinStandardHelpOptions = true, description = "Measures Quantgate beside its peers.")
final class BenchMain implements Callable<Integer> {
    private static final Duration SETTLE = Duration.ofMillis(300);
    private static final Duration SERVING_CONTEST_LIMIT = Duration.ofSeconds(90);
    private static final Duration NO_LIMIT = Duration.ofHours(1);
    private static final int WARM_UPS = 2;
    private static final int QUICK_ROUNDS = 2;
    private static final int MANY_ROUNDS = 7;
    private static final int FEW_ROUNDS = 5;

    /** The suites that can be asked for. */
    enum SuiteName {
        GATEWAY,
        SERVING,
        ENCODERS,
        KV
    }

    @Parameters(index = "0", paramLabel = "SUITE", description = "${COMPLETION-CANDIDATES}")
    private SuiteName suite = SuiteName.GATEWAY;

    @Option(names = "--root", required = true, description = "Folder of the project.")
    private Path root = Path.of("");

    @Option(names = "--model", description = "GGUF file to measure with.")
    private Path model = Path.of("");

    @Option(names = "--peers", description = "Folder of llama.cpp's programs.")
    private Path peers = Path.of("");

    @Option(names = "--threads", description = "Native threads of each contender; default: one for each processor.")
    private int threads = Machine.cores();

    @Option(names = "--encoders", description = "Folder of encoder models.")
    private Path encoders = Path.of("");

    @Option(names = "--rounds", description = "Measured rounds; default: 7 for gateway, 5 for the others.")
    private int rounds;

    @Option(names = "--only", paramLabel = "REGEX", description = "Contests to run.")
    private Pattern only = Pattern.compile(".*");

    @Option(
            names = "--against",
            paramLabel = "REGEX",
            description = "Peers of the suite serving to measure beside: ${DEFAULT-VALUE}.",
            defaultValue = "llama_server|llama_server_best|quantgate_grpc|bare_loop")
    private Pattern against = Pattern.compile(".*");

    @Option(names = "--quick", description = "Short workloads and 2 rounds, to see that everything runs.")
    private boolean quick;

    private final PrintStream err = System.err;

    /** Runs the command line. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new BenchMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public Integer call() throws Exception {
        var bench = new Bench(
                root, model, peers, encoders, root.resolve("target/bench"), threads, rounds(), against, quick);
        Files.createDirectories(bench.out());
        var loadBefore = Machine.load();
        var cases = new ArrayList<CaseResult>();
        var failed = new ArrayList<String>();
        try (var opened = open(bench)) {
            var play = new Rounds(quick ? 1 : WARM_UPS, bench.rounds(), SETTLE, limit(), err::println);
            for (var contest : opened.contests()) {
                if (only.matcher(contest.name()).matches()) {
                    run(contest, play, cases, failed);
                }
            }
        }
        var machine = String.format(
                Locale.ROOT,
                "%s; %d threads; load %.1f before, %.1f after; %d rounds%s",
                Machine.description(),
                threads,
                loadBefore,
                Machine.load(),
                bench.rounds(),
                quick ? ", quick: not for comparison" : "");
        var name = suite.name().toLowerCase(Locale.ROOT);
        var report = new Report(name, machine, cases);
        Files.writeString(bench.out().resolve(name + ".json"), ReportJson.write(report), StandardCharsets.UTF_8);
        System.out.print(ReportTable.write(report));
        failed.forEach(contest -> err.println("FAILED " + contest));
        return failed.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /** One contest that fails leaves the others' figures standing. */
    private void run(Contest contest, Rounds play, List<CaseResult> cases, List<String> failed)
            throws InterruptedException {
        err.println(contest.name());
        try {
            cases.addAll(contest.run(play));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            e.printStackTrace(err);
            failed.add(contest.name());
        }
    }

    private Suite open(Bench bench) throws Exception {
        return switch (suite) {
            case GATEWAY -> GatewaySuite.open(bench);
            case SERVING -> ServingSuite.open(bench);
            case ENCODERS -> EncodersSuite.open(bench);
            case KV -> KvSuite.open(bench);
        };
    }

    /** Keeps a suite of many contests below twenty minutes on a machine that is slow. */
    private Duration limit() {
        return switch (suite) {
            case SERVING -> SERVING_CONTEST_LIMIT;
            case GATEWAY, ENCODERS, KV -> NO_LIMIT;
        };
    }

    private int rounds() {
        if (rounds > 0) {
            return rounds;
        }
        if (quick) {
            return QUICK_ROUNDS;
        }
        return switch (suite) {
            case GATEWAY -> MANY_ROUNDS;
            case SERVING, ENCODERS, KV -> FEW_ROUNDS;
        };
    }
}
