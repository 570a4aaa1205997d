package dev.quantgate.worker.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.backend.Backend;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.inference.TextResult.Classification;
import dev.quantgate.worker.api.inference.TextResult.Entity;
import dev.quantgate.worker.api.inference.TextResult.MaskCandidate;
import dev.quantgate.worker.api.inference.TextTask;
import dev.quantgate.worker.api.inference.TextTask.TextPair;
import dev.quantgate.worker.api.inference.TextTask.Truncation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineParityTest {

    private static final float TOLERANCE = 1e-4f;
    private static final ModelRef MODEL = ModelRef.of("test");
    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = BackendFixture.backend(Map.of());
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-seq", "bert-multi", "roberta-seq", "xlm-roberta-seq", "distilbert-seq"})
    void labelsAndScoresEqualTheOriginalPipeline(String name) throws Exception {
        JsonNode expected = pipeline(name, "text-classification");
        try (LoadedModel model = BackendFixture.load(backend, BackendFixture.model(name))) {
            List<TextPair> inputs = new ArrayList<>();
            expected.path("texts").forEach(text -> inputs.add(new TextPair(text.asText(), Optional.empty())));
            List<Classification> results = BackendFixture.answer(
                            model, new TextTask.Classify(MODEL, inputs, 0, Truncation.END))
                    .results();

            assertThat(results).hasSize(expected.path("answers").size()).isNotEmpty();
            for (int i = 0; i < results.size(); i++) {
                JsonNode labels = expected.path("answers").get(i);
                assertThat(results.get(i).labels()).hasSize(labels.size());
                for (int l = 0; l < labels.size(); l++) {
                    assertThat(results.get(i).labels().get(l).label())
                            .isEqualTo(labels.get(l).path("label").asText());
                    assertThat(results.get(i).labels().get(l).score())
                            .isCloseTo((float) labels.get(l).path("score").asDouble(), within(TOLERANCE));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-tok", "roberta-tok", "xlm-roberta-tok", "distilbert-tok"})
    void entitiesEqualTheOriginalPipeline(String name) throws Exception {
        JsonNode expected = pipeline(name, "token-classification");
        try (LoadedModel model = BackendFixture.load(backend, BackendFixture.model(name))) {
            for (int i = 0; i < expected.path("texts").size(); i++) {
                TextPair input = new TextPair(expected.path("texts").get(i).asText(), Optional.empty());
                List<Entity> entities = BackendFixture.answer(
                                model, new TextTask.Classify(MODEL, List.of(input), 0, Truncation.END))
                        .results()
                        .get(0)
                        .entities();

                JsonNode answers = expected.path("answers").path("simple").get(i);
                assertThat(entities).as(input.text()).hasSize(answers.size());
                for (int e = 0; e < answers.size(); e++) {
                    JsonNode answer = answers.get(e);
                    assertThat(entities.get(e).label())
                            .isEqualTo(answer.path("entity_group").asText());
                    assertThat(entities.get(e).start())
                            .isEqualTo(answer.path("start").asInt());
                    assertThat(entities.get(e).end())
                            .isEqualTo(answer.path("end").asInt());
                    assertThat(entities.get(e).score())
                            .isCloseTo((float) answer.path("score").asDouble(), within(TOLERANCE));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-mlm", "roberta-mlm", "xlm-roberta-mlm", "distilbert-mlm"})
    void candidatesForGapsEqualTheOriginalPipeline(String name) throws Exception {
        JsonNode expected = pipeline(name, "fill-mask");
        try (LoadedModel model = BackendFixture.load(backend, BackendFixture.model(name))) {
            for (int i = 0; i < expected.path("texts").size(); i++) {
                String text = expected.path("texts").get(i).asText();
                List<List<MaskCandidate>> masks = BackendFixture.answer(
                                model, new TextTask.FillMask(MODEL, List.of(text), 5))
                        .results()
                        .get(0);

                JsonNode answers = expected.path("answers").get(i);
                boolean several = answers.get(0).isArray();
                assertThat(masks).hasSize(several ? answers.size() : 1);
                for (int m = 0; m < masks.size(); m++) {
                    assertCandidates(masks.get(m), several ? answers.get(m) : answers);
                }
            }
        }
    }

    private static void assertCandidates(List<MaskCandidate> actual, JsonNode expected) {
        assertThat(actual).hasSize(expected.size());
        for (int c = 0; c < expected.size(); c++) {
            JsonNode answer = expected.get(c);
            assertThat(actual.get(c).token()).isEqualTo(answer.path("token").asInt());
            assertThat(actual.get(c).score())
                    .isCloseTo((float) answer.path("score").asDouble(), within(TOLERANCE));
            assertThat(actual.get(c).sequence())
                    .isEqualTo(answer.path("sequence").asText());
        }
    }

    private static JsonNode pipeline(String name, String kind) throws Exception {
        try (var in = PipelineParityTest.class.getResourceAsStream("/golden/expected/" + name + ".json")) {
            return new JsonMapper().readTree(in).path("pipelines").path(kind);
        }
    }
}
