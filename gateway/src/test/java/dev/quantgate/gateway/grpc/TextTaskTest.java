package dev.quantgate.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.v1.ClassifyRequest;
import dev.quantgate.v1.DetokenizeRequest;
import dev.quantgate.v1.EmbedRequest;
import dev.quantgate.v1.FillMaskRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import dev.quantgate.v1.Pooling;
import dev.quantgate.v1.TextInput;
import dev.quantgate.v1.TokenizeRequest;
import dev.quantgate.v1.Truncation;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TextTaskTest {
    private static final ModelRef MODEL = ModelRef.of("enc");

    private final FakeWorker worker = new FakeWorker("w1", "libtorch", "s").with(Records.model("enc", "roberta"));
    private final TestGateway gateway = TestGateway.over(new FakeDirectory(worker));

    @AfterEach
    void close() {
        gateway.close();
    }

    private InferenceServiceGrpc.InferenceServiceBlockingStub client() {
        return InferenceServiceGrpc.newBlockingStub(gateway.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private void answers(TextResult result) {
        worker.tasks = task -> CompletableFuture.completedStage(result);
    }

    @Test
    void embeds() {
        answers(new TextResult.Embedded(List.of(new TextResult.Vector(new float[] {1, 2}, 4, true, 3)), 4));

        var response = client().embed(EmbedRequest.newBuilder()
                .setModel("enc")
                .addInputs("a")
                .setPooling(Pooling.POOLING_CLS)
                .setNormalize(false)
                .setTruncation(Truncation.TRUNCATION_END)
                .build());

        assertThat(response.getEmbeddings(0).getValuesList()).containsExactly(1f, 2f);
        assertThat(response.getEmbeddings(0).getTruncated()).isTrue();
        assertThat(response.getEmbeddings(0).getWindows()).isEqualTo(3);
        assertThat(response.getPromptTokens()).isEqualTo(4);
        assertThat(worker.calls)
                .containsExactly(new TextTask.Embed(
                        MODEL, List.of("a"), Optional.of(TextTask.Pooling.CLS), false, TextTask.Truncation.END));
    }

    @Test
    void embedsWithTheDocumentedDefaults() {
        answers(new TextResult.Embedded(List.of(), 0));

        client().embed(EmbedRequest.newBuilder().setModel("enc").addInputs("a").build());

        assertThat(worker.calls)
                .containsExactly(
                        new TextTask.Embed(MODEL, List.of("a"), Optional.empty(), true, TextTask.Truncation.ERROR));
    }

    @Test
    void classifies() {
        answers(new TextResult.Classified(List.of(new TextResult.Classification(
                List.of(new TextResult.LabelScore("good", 0.75f)),
                List.of(new TextResult.Entity("PER", 0.5f, 1, 3, "Jo")),
                6,
                false,
                2))));

        var result = client().classify(ClassifyRequest.newBuilder()
                        .setModel("enc")
                        .addInputs(TextInput.newBuilder().setText("a").setTextPair("b"))
                        .setTopK(2)
                        .build())
                .getResults(0);

        assertThat(result.getLabels(0).getLabel()).isEqualTo("good");
        assertThat(result.getEntities(0).getEnd()).isEqualTo(3);
        assertThat(result.getWindows()).isEqualTo(2);
        assertThat(worker.calls)
                .containsExactly(new TextTask.Classify(
                        MODEL, List.of(new TextTask.TextPair("a", Optional.of("b"))), 2, TextTask.Truncation.ERROR));
    }

    @Test
    void fillsMasksWithFiveCandidatesUnlessToldOtherwise() {
        answers(new TextResult.Filled(List.of(List.of(List.of(new TextResult.MaskCandidate(7, "x", 0.5f, "a x"))))));

        var response = client().fillMask(FillMaskRequest.newBuilder()
                .setModel("enc")
                .addInputs("a <mask>")
                .build());

        assertThat(response.getResults(0).getMasks(0).getCandidates(0).getSequence())
                .isEqualTo("a x");
        assertThat(worker.calls).containsExactly(new TextTask.FillMask(MODEL, List.of("a <mask>"), 5));
    }

    @Test
    void tokenizesAndDetokenizes() {
        answers(new TextResult.Tokenized(List.of(1, 2), List.of("a", "b")));
        var tokens = client().tokenize(TokenizeRequest.newBuilder()
                .setModel("enc:Q8_0")
                .setText("ab")
                .setAddSpecial(false)
                .setParseSpecial(true)
                .build());
        answers(new TextResult.Detokenized("ab"));
        var text = client().detokenize(DetokenizeRequest.newBuilder()
                .setModel("enc")
                .addTokens(1)
                .setKeepSpecial(true)
                .build());

        assertThat(tokens.getTextsList()).containsExactly("a", "b");
        assertThat(text.getText()).isEqualTo("ab");
        assertThat(worker.calls)
                .containsExactly(
                        new TextTask.Tokenize(ModelRef.of("enc", "Q8_0"), "ab", false, true),
                        new TextTask.Detokenize(MODEL, List.of(1), true));
    }
}
