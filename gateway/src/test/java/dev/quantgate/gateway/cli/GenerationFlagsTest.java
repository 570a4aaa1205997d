package dev.quantgate.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.v1.ContextOverflow;
import dev.quantgate.v1.GenerationOptions;
import dev.quantgate.v1.LoraAdapter;
import dev.quantgate.v1.SamplingParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

final class GenerationFlagsTest {
    @TempDir
    private Path folder;

    /** A command that has nothing but the flags. */
    @Command
    private static final class Holder {
        @Mixin
        private GenerationFlags flags = new GenerationFlags();
    }

    private static GenerationFlags flags(String... arguments) {
        var holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.flags;
    }

    @Test
    void whatIsNotGivenIsLeftToTheGateway() throws IOException {
        assertThat(flags().sampling()).isEqualTo(SamplingParameters.getDefaultInstance());
        assertThat(flags().options()).isEqualTo(GenerationOptions.getDefaultInstance());
    }

    @Test
    void adaptersHaveAScale() {
        assertThat(flags("--lora=a", "--lora=b=0.5").lora())
                .containsExactly(
                        LoraAdapter.newBuilder().setName("a").build(),
                        LoraAdapter.newBuilder().setName("b").setScale(0.5f).build());
        assertThatThrownBy(() -> flags("--lora=a=much").lora()).hasMessageContaining("NAME=NUMBER");
    }

    @Test
    void eachSamplingFlagHasItsField() throws IOException {
        var given = flags(
                        "-t=0.5 --top-k=7 --top-p=0.6 --min-p=0.1 --typical-p=0.9 --repetition-penalty=1.2 --presence-penalty=-1"
                                .split(" "))
                .sampling();
        var penalties = flags(
                "--frequency-penalty=0.3 --penalty-last-n=-1 --seed=4294967295 --logit-bias=5=-2.5 --logit-bias=6=1"
                        .split(" "));

        assertThat(given)
                .isEqualTo(SamplingParameters.newBuilder()
                        .setTemperature(0.5f)
                        .setTopK(7)
                        .setTopP(0.6f)
                        .setMinP(0.1f)
                        .setTypicalP(0.9f)
                        .setRepetitionPenalty(1.2f)
                        .setPresencePenalty(-1f)
                        .build());
        assertThat(penalties.sampling())
                .isEqualTo(SamplingParameters.newBuilder()
                        .setFrequencyPenalty(0.3f)
                        .setPenaltyLastN(-1)
                        .setSeed(-1)
                        .putLogitBias(5, -2.5f)
                        .putLogitBias(6, 1f)
                        .build());
    }

    @Test
    void eachOptionFlagHasItsField() {
        var options = flags(
                        "-n",
                        "9",
                        "--stop",
                        "a",
                        "--stop",
                        "b c",
                        "--logprobs=0",
                        "--context-shift",
                        "--ignore-eos",
                        "--priority=-3")
                .options();

        assertThat(options)
                .isEqualTo(GenerationOptions.newBuilder()
                        .setMaxTokens(9)
                        .addStop("a")
                        .addStop("b c")
                        .setLogprobs(0)
                        .setContextOverflow(ContextOverflow.CONTEXT_OVERFLOW_SHIFT)
                        .setIgnoreEos(true)
                        .setPriority(-3)
                        .build());
    }

    @Test
    void aConstraintIsReadFromItsFile() throws IOException {
        var file = Files.writeString(folder.resolve("g.gbnf"), "root ::= \"é\"");

        assertThat(flags("--grammar", file.toString()).sampling().getGrammar()).isEqualTo("root ::= \"é\"");
        assertThat(flags("--json-schema", file.toString()).sampling().getJsonSchema())
                .isEqualTo("root ::= \"é\"");
        assertThatThrownBy(() -> flags("--grammar", file.toString(), "--json-schema", file.toString())
                        .sampling())
                .isInstanceOf(CliException.class)
                .hasMessageContaining("exclude each other");
        assertThatThrownBy(() ->
                        flags("--grammar", folder.resolve("none").toString()).sampling())
                .isInstanceOf(CliException.class)
                .hasMessageEndingWith("none cannot be read");
    }

    @Test
    void aSeedOutOfRangeIsWrongUsage() {
        assertThatThrownBy(() -> flags("--seed=4294967296").sampling())
                .isInstanceOf(CliException.class)
                .hasMessage("--seed: 4294967296 (expected: 0 to 4294967295)");
        assertThat(CliRun.of("generate", "m", "p", "--seed=-1", "--endpoint=127.0.0.1:1")
                        .code())
                .isEqualTo(ExitCodes.USAGE);
    }
}
