package dev.quantgate.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.worker.api.inference.TextResult;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code tokenize}, {@code embed}, {@code classify} and {@code fill-mask}. */
final class TextCommandsTest {
    private final FakeWorker worker = new FakeWorker("w1").with(Records.model("smol"), "smol:source");
    private final TestGateway gateway = TestGateway.over(new FakeDirectory(worker));

    @AfterEach
    void close() {
        gateway.close();
    }

    private void answers(TextResult result) {
        worker.tasks = task -> CompletableFuture.completedStage(result);
    }

    @Test
    void tokenizeHasATokenALine() {
        answers(new TextResult.Tokenized(List.of(1, 42), List.of("<s>", " hé")));

        assertThat(CliRun.at(gateway, "tokenize", "smol", "hé").out().lines())
                .containsExactly("       1  <s>", "      42   hé");
        assertThat(CliRun.at(gateway, "tokenize", "smol", "hé", "--json").json())
                .hasSize(1);
    }

    @Test
    void anAnswerOfMegabytesArrives() {
        answers(new TextResult.Tokenized(Collections.nCopies(200_000, 7), Collections.nCopies(200_000, "seven")));

        var run = CliRun.at(gateway, "tokenize", "smol", "x");

        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).hasSize(200_000);
    }

    @Test
    void embedHasAVectorALine() {
        answers(new TextResult.Embedded(List.of(new TextResult.Vector(new float[] {0.5f, -1f}, 2, false)), 2));

        assertThat(CliRun.at(gateway, "embed", "smol", "a").out()).isEqualToIgnoringNewLines("0.5 -1.0");
        assertThat(CliRun.at(gateway, "embed", "smol", "a", "--json").json()).hasSize(1);
        assertThat(CliRun.at(gateway, "embed", "smol", "a", "--pooling", "nope").code())
                .isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void classifyShowsLabelsWithScores() {
        answers(new TextResult.Classified(List.of(
                new TextResult.Classification(List.of(new TextResult.LabelScore("joy", 0.75f)), List.of(), 3, false))));

        assertThat(CliRun.at(gateway, "classify", "smol", "a").out()).contains("joy", "0.75");
        assertThat(CliRun.at(gateway, "classify", "smol", "a", "--json").json()).hasSize(1);
    }

    @Test
    void fillMaskShowsCandidates() {
        answers(new TextResult.Filled(
                List.of(List.of(List.of(new TextResult.MaskCandidate(9, "sun", 0.5f, "the sun"))))));

        assertThat(CliRun.at(gateway, "fill-mask", "smol", "the [MASK]").out()).contains("sun");
        assertThat(CliRun.at(gateway, "fill-mask", "smol", "the [MASK]", "--json")
                        .json())
                .hasSize(1);
    }
}
