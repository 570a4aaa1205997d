package dev.quantgate.gateway.cli;

import com.google.protobuf.Duration;
import dev.quantgate.v1.ContextOverflow;
import dev.quantgate.v1.GenerationOptions;
import dev.quantgate.v1.LoraAdapter;
import dev.quantgate.v1.SamplingParameters;
import dev.quantgate.v1.Speculation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags of every command that generates text; what is not given is left to the gateway's defaults. */
final class GenerationFlags {
    @Option(
            names = {"-n", "--max-tokens"},
            paramLabel = "N",
            description = "Most tokens to generate. Default: what fits.")
    private int maxTokens;

    @Option(
            names = {"-t", "--temperature"},
            description = "0 to 100; 0 takes the most likely token. Default 0.8.")
    private @Nullable Float temperature;

    @Option(names = "--top-k", description = "Keep the k most likely tokens; 0 is off. Default 40.")
    private @Nullable Integer topK;

    @Option(names = "--top-p", description = "Keep tokens up to this summed probability; 1 is off. Default 0.95.")
    private @Nullable Float topP;

    @Option(names = "--min-p", description = "Drop tokens below p times the best one; 0 is off. Default 0.05.")
    private @Nullable Float minP;

    @Option(names = "--typical-p", description = "Locally typical sampling; 1 is off. Default 1.")
    private @Nullable Float typicalP;

    @Option(names = "--repetition-penalty", description = "Over 0 to 10; 1 is off. Default 1.")
    private @Nullable Float repetitionPenalty;

    @Option(names = "--presence-penalty", description = "-2 to 2. Default 0.")
    private @Nullable Float presencePenalty;

    @Option(names = "--frequency-penalty", description = "-2 to 2. Default 0.")
    private @Nullable Float frequencyPenalty;

    @Option(names = "--penalty-last-n", description = "Recent tokens that penalties see; -1 is all. Default 64.")
    private @Nullable Integer penaltyLastN;

    @Option(names = "--seed", description = "Same seed and request give the same text.")
    private @Nullable Long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End the text before TEXT; may be repeated.")
    private List<String> stop = new ArrayList<>();

    @Option(names = "--logit-bias", paramLabel = "TOKEN=BIAS", description = "Add BIAS to a token's logit.")
    private Map<Integer, Float> logitBias = new LinkedHashMap<>();

    @Option(names = "--grammar", paramLabel = "FILE", description = "GBNF grammar that the text must follow.")
    private @Nullable Path grammar;

    @Option(names = "--json-schema", paramLabel = "FILE", description = "JSON schema that the text must satisfy.")
    private @Nullable Path jsonSchema;

    @Option(names = "--logprobs", paramLabel = "N", description = "Report N alternatives for each token (with --json).")
    private @Nullable Integer logprobs;

    @Option(names = "--context-shift", description = "Drop old tokens when the context is full instead of ending.")
    private boolean contextShift;

    @Option(names = "--ignore-eos", description = "Go on after the end-of-sequence token.")
    private boolean ignoreEos;

    @Option(names = "--no-speculation", description = "Guess no tokens ahead; the text is the same.")
    private boolean noSpeculation;

    @Option(names = "--priority", description = "-10 to 10, higher goes first. Default 0.")
    private int priority;

    @Option(
            names = "--lora",
            paramLabel = "NAME[=SCALE]",
            description = "Use a LoRA adapter of the model; may be repeated. Default scale 1.")
    private List<String> lora = new ArrayList<>();

    @Option(
            names = "--session",
            paramLabel = "NAME",
            description = "Keep the computed state under NAME, and go on from what is kept there.")
    private String session = "";

    @Option(
            names = "--keep-alive",
            paramLabel = "TIME",
            description = "Keep the model in memory so long afterwards, such as 5m; -1 for ever.")
    private @Nullable String keepAlive;

    Optional<Duration> keepAlive() {
        return Optional.ofNullable(keepAlive).map(KeepAlive::parse);
    }

    String session() {
        return session;
    }

    List<LoraAdapter> lora() {
        return lora.stream().map(GenerationFlags::adapter).toList();
    }

    private static LoraAdapter adapter(String flag) {
        var cut = flag.indexOf('=');
        if (cut < 0) {
            return LoraAdapter.newBuilder().setName(flag).build();
        }
        try {
            return LoraAdapter.newBuilder()
                    .setName(flag.substring(0, cut))
                    .setScale(Float.parseFloat(flag.substring(cut + 1)))
                    .build();
        } catch (NumberFormatException notANumber) {
            throw new CliException(ExitCodes.USAGE, "--lora: " + flag + " (expected: NAME or NAME=NUMBER)");
        }
    }

    SamplingParameters sampling() throws IOException {
        var parameters = SamplingParameters.newBuilder();
        if (temperature != null) {
            parameters.setTemperature(temperature);
        }
        if (topK != null) {
            parameters.setTopK(topK);
        }
        if (topP != null) {
            parameters.setTopP(topP);
        }
        if (minP != null) {
            parameters.setMinP(minP);
        }
        if (typicalP != null) {
            parameters.setTypicalP(typicalP);
        }
        if (repetitionPenalty != null) {
            parameters.setRepetitionPenalty(repetitionPenalty);
        }
        if (presencePenalty != null) {
            parameters.setPresencePenalty(presencePenalty);
        }
        if (frequencyPenalty != null) {
            parameters.setFrequencyPenalty(frequencyPenalty);
        }
        if (penaltyLastN != null) {
            parameters.setPenaltyLastN(penaltyLastN);
        }
        if (seed != null) {
            parameters.setSeed(unsigned32(seed));
        }
        parameters.putAllLogitBias(logitBias);
        if (grammar != null && jsonSchema != null) {
            throw new CliException(ExitCodes.USAGE, "--grammar and --json-schema exclude each other");
        }
        if (grammar != null) {
            parameters.setGrammar(read("--grammar", grammar));
        }
        if (jsonSchema != null) {
            parameters.setJsonSchema(read("--json-schema", jsonSchema));
        }
        return parameters.build();
    }

    GenerationOptions options() {
        var options = GenerationOptions.newBuilder()
                .setMaxTokens(maxTokens)
                .addAllStop(stop)
                .setPriority(priority)
                .setIgnoreEos(ignoreEos);
        if (logprobs != null) {
            options.setLogprobs(logprobs);
        }
        if (contextShift) {
            options.setContextOverflow(ContextOverflow.CONTEXT_OVERFLOW_SHIFT);
        }
        if (noSpeculation) {
            options.setSpeculation(Speculation.SPECULATION_OFF);
        }
        return options.build();
    }

    private static int unsigned32(long seed) {
        if (seed < 0 || seed > 0xffff_ffffL) {
            throw new CliException(ExitCodes.USAGE, "--seed: " + seed + " (expected: 0 to 4294967295)");
        }
        return (int) seed;
    }

    private static String read(String flag, Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new CliException(ExitCodes.USAGE, flag + ": " + file + " cannot be read");
        }
        return Files.readString(file);
    }
}
