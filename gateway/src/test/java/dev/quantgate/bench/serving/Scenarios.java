package dev.quantgate.bench.serving;

import dev.quantgate.bench.engine.PromptMaker;
import dev.quantgate.bench.load.Lane;
import dev.quantgate.bench.load.Prompt;
import dev.quantgate.bench.load.Request;
import dev.quantgate.bench.load.Sampler;
import dev.quantgate.bench.load.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** The scenarios of the suite. All of them are the same in every run, and no round repeats a prompt of another. */
final class Scenarios {
    private static final List<String> GRAPH_SAMPLING = List.of("--backend-sampling");
    private static final int SHORT_CONTEXT = 768;
    private static final int SHARED_TOKENS = 512;
    private static final int SHARING_CLIENTS = 16;
    private static final int RUNNING_STREAMS = 8;
    private static final int LONG_PROMPTS = 2;
    private static final int LONG_TOKENS = 2000;
    private static final int REPETITIVE_REQUESTS = 2;
    private static final long SEEDS_PER_ROUND = 10_000;

    private final PromptMaker prompts;
    private final int divisor;

    /** With {@code divisor} above 1 everything is that much shorter. */
    Scenarios(PromptMaker prompts, int divisor) {
        this.prompts = prompts;
        this.divisor = divisor;
    }

    List<Scenario> all() {
        return List.of(
                mixed("c1", 1, 3),
                mixed("c4", 4, 2),
                mixed("c16", 16, 1),
                mixed("c32", 32, 1),
                new Scenario(
                        "shared_prefix",
                        SHARING_CLIENTS,
                        SHORT_CONTEXT,
                        GRAPH_SAMPLING,
                        false,
                        false,
                        this::sharedPrefix),
                new Scenario(
                        "long_prompt",
                        RUNNING_STREAMS + LONG_PROMPTS,
                        LONG_TOKENS + 256,
                        List.of("--backend-sampling", "--batch-size", "128"),
                        false,
                        false,
                        this::longPrompt),
                new Scenario(
                        "repetitive",
                        1,
                        SHORT_CONTEXT,
                        List.of("--spec-type", "ngram-simple"),
                        false,
                        false,
                        this::repetitive),
                new Scenario("json_schema", 4, SHORT_CONTEXT, List.of(), false, false, this::jsonSchema));
    }

    private Scenario mixed(String name, int clients, int requestsEach) {
        return new Scenario(
                name,
                clients,
                SHORT_CONTEXT,
                GRAPH_SAMPLING,
                withAllPeers(clients),
                withAllPeers(clients),
                round -> mixed(round, clients, requestsEach));
    }

    /** The bare loop and gRPC are measured at two loads that show what there is to see, because the rounds are long. */
    private static boolean withAllPeers(int clients) {
        return clients == 1 || clients == 16;
    }

    /** Prompts of 16 to 512 tokens, many short and few long ones, with 64 to 128 tokens out. */
    private Workload mixed(int round, int clients, int requestsEach) {
        var lengths = new Random(seed(round, clients));
        var lanes = new ArrayList<Lane>();
        for (int client = 0; client < clients; client++) {
            var requests = new ArrayList<Request>();
            for (int i = 0; i < requestsEach; i++) {
                var promptTokens = (int) (16 * Math.pow(32, lengths.nextDouble()));
                var seed = seed(round, clients + client * requestsEach + i);
                requests.add(plain(prompts.make(promptTokens, seed), 64 + lengths.nextInt(65), seed));
            }
            lanes.add(Lane.of(requests));
        }
        return new Workload(lanes);
    }

    private Workload sharedPrefix(int round) {
        var system = prompts.make(SHARED_TOKENS, seed(round, 0));
        return new Workload(IntStream.rangeClosed(1, SHARING_CLIENTS)
                .mapToObj(client -> seed(round, client))
                .map(seed -> Lane.of(List.of(plain(prompts.extend(system, 16, seed), 32, seed))))
                .toList());
    }

    /** Only the streams that run already are observed: what does a newcomer with a long prompt do to them? */
    private Workload longPrompt(int round) {
        var lanes = new ArrayList<Lane>();
        for (int stream = 0; stream < RUNNING_STREAMS; stream++) {
            var seed = seed(round, stream);
            lanes.add(Lane.of(List.of(plain(prompts.make(16, seed), 128, seed))));
        }
        for (int i = 1; i <= LONG_PROMPTS; i++) {
            var seed = seed(round, RUNNING_STREAMS + i);
            var request = plain(prompts.make(LONG_TOKENS, seed), 8, seed);
            lanes.add(new Lane(Duration.ofMillis(700L * i), List.of(request), false));
        }
        return new Workload(lanes);
    }

    /** Texts that go on as they began, without chance: guessing ahead pays. */
    private Workload repetitive(int round) {
        return new Workload(List.of(Lane.of(IntStream.range(0, REPETITIVE_REQUESTS)
                .mapToObj(i -> prompts.make(24, seed(round, i)).text() + ".\n")
                .map(line -> Request.plain(prompts.of(line.repeat(6)), shortened(384), Sampler.GREEDY, 1))
                .toList())));
    }

    private Workload jsonSchema(int round) {
        var schema = """
                {"type": "object", "additionalProperties": false, "required": ["name", "age", "tags"], "properties": {
                  "name": {"type": "string", "maxLength": 24},
                  "age": {"type": "integer", "minimum": 0, "maximum": 120},
                  "tags": {"type": "array", "minItems": 8, "maxItems": 8, "items": {"enum": ["red", "green", "blue"]}}}}
                """;
        return new Workload(IntStream.range(0, 4)
                .mapToObj(client -> prompts.of("Describe a person as JSON. Hints:"
                        + prompts.make(8, seed(round, client)).text()))
                .map(prompt ->
                        Lane.of(List.of(new Request(prompt, shortened(160), Sampler.GREEDY, 1, Optional.of(schema)))))
                .toList());
    }

    private Request plain(Prompt prompt, int maxTokens, long seed) {
        return Request.plain(prompt, shortened(maxTokens), Sampler.USUAL, (int) (seed & Integer.MAX_VALUE));
    }

    private int shortened(int tokens) {
        return Math.max(2, tokens / divisor);
    }

    private static long seed(int round, int index) {
        return round * SEEDS_PER_ROUND + index;
    }
}
