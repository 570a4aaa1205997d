package dev.quantgate.worker.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.backend.AdapterFiles;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.backend.SessionPlace;
import dev.quantgate.worker.api.inference.AdapterUse;
import dev.quantgate.worker.llamacpp.gguf.GgmlType;
import dev.quantgate.worker.llamacpp.gguf.GgufFile;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import dev.quantgate.worker.llamacpp.gguf.TinyLora;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SessionsTest {
    private static final String OPENING =
            "It was a dark and stormy night, and nobody had thought of candles. ".repeat(3);

    @TempDir
    private Path folder;

    private Path file;
    private SessionPlace place;
    private AdapterFiles adapters = AdapterFiles.NONE;
    private LlamaCppBackend backend;
    private LoadedModel model;

    @BeforeEach
    void load() throws Exception {
        file = TinyGguf.llama().type(GgmlType.F32).writeTo(folder.resolve("tiny.gguf"));
        place = new SessionPlace(folder.resolve("sessions"), "digest");
        start(Map.of());
    }

    /** A new worker, as far as the model can tell. */
    private void restart(Map<String, String> options) {
        backend.close();
        start(options);
    }

    private void start(Map<String, String> options) {
        backend = new LlamaCppBackend(new BackendSettings(1, 1L << 30, 0, 4, 8, options));
        model = backend.load(
                file,
                new LoadOptions("tiny", 0, name -> adapters.find(name), Optional.of(place)),
                (fraction, step) -> {},
                new Cancellation());
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private static Generate opening() {
        return Generate.prompt(OPENING).maxTokens(12);
    }

    private TestStream run(Generate request) {
        return TestStream.start(model, request.build());
    }

    @Test
    void aSessionSparesTheNextWorkerThePrompt() throws Exception {
        var first = run(opening().session("story"));
        var saved = first.completed().sessionTokens();
        var goingOn = OPENING + first.text() + " And then";
        restart(Map.of());
        var expected = run(Generate.prompt(goingOn).maxTokens(20)).text();
        restart(Map.of());

        var next = run(Generate.prompt(goingOn).maxTokens(20).session("story"));

        var end = next.completed();
        // The last token is not computed, unless it was guessed.
        var all = first.completed().promptTokens() + 12;
        assertThat(saved).isBetween(all - 1, all);
        assertThat(end.cachedTokens()).isGreaterThan(first.completed().promptTokens() - 8);
        assertThat(end.promptTokens() - end.cachedTokens()).isLessThan(40);
        assertThat(next.text()).isEqualTo(expected);
        assertThat(model.statistics().get("session_restored_tokens")).isEqualTo(end.cachedTokens());
        assertThat(end.sessionTokens()).isGreaterThan(saved);
    }

    @Test
    void separateSequencesKeepSessionsToo() throws Exception {
        var separate = Map.of("kv_layout", "separate");
        restart(separate);
        // Others hold the first places, so that the state lies in one of the later ones.
        run(Generate.prompt("Something else, of some length, that stays in its place.")
                        .maxTokens(4))
                .completed();
        var first = run(opening().session("story"));
        var end = first.completed();
        var goingOn = OPENING + first.text() + " And then";
        restart(separate);

        var next = run(Generate.prompt(goingOn).maxTokens(20).session("story")).completed();

        assertThat(end.sessionTokens()).isPositive();
        assertThat(next.cachedTokens()).isGreaterThan(end.promptTokens() - 8);
        assertThat(model.statistics().get("session_restored_tokens")).isEqualTo(next.cachedTokens());
    }

    /** Which layout is chosen depends on the memory that is free: a session must not become useless by that. */
    @Test
    void aSessionOfAnotherLayoutIsComputedAnewAndSavedAgain() throws Exception {
        var saved = run(opening().session("story")).completed().sessionTokens();
        for (var layout : List.of("separate", "shared")) {
            restart(Map.of("kv_layout", layout));

            var anew = run(opening().session("story")).completed();

            assertThat(anew.cachedTokens()).isZero();
            assertThat(anew.sessionTokens()).isBetween(saved - 1, saved + 1);
            restart(Map.of("kv_layout", layout));
            assertThat(run(opening().session("story")).completed().cachedTokens())
                    .isPositive();
        }
    }

    @Test
    void withoutASessionNothingIsKept() throws Exception {
        assertThat(run(opening()).completed().sessionTokens()).isZero();
        assertThat(place.folder()).doesNotExist();
    }

    @Test
    void aDamagedSessionIsRefusedAndHarmsNobody() throws Exception {
        run(opening().session("story")).completed();
        restart(Map.of());
        var bytes = Files.readAllBytes(place.file("story"));
        for (int at : List.of(3, 40, bytes.length - 5)) {
            var damaged = bytes.clone();
            damaged[at] ^= 1;
            Files.write(place.file("story"), damaged);

            var refused = run(opening().session("story"));

            assertThat(refused.failure().kind()).isEqualTo(FailureKind.FAILED_PRECONDITION);
            assertThat(refused.failure().message()).contains("damaged");
        }
        assertThat(run(opening()).completed().completionTokens()).isEqualTo(12);
        Files.delete(place.file("story"));
        assertThat(run(opening().session("story")).completed().sessionTokens()).isPositive();
    }

    @Test
    void aSessionOfAnotherKvTypeOrVariantIsRefused() throws Exception {
        run(opening().session("story")).completed();
        restart(Map.of("kv_type_k", "q8_0"));
        assertThat(run(opening().session("story")).failure().message()).contains("kv_type_k");

        place = new SessionPlace(place.folder(), "other");
        restart(Map.of());
        assertThat(run(opening().session("story")).failure().message()).contains("model sha256");
    }

    @Test
    void aSessionBelongsToItsAdapters() throws Exception {
        var lora = TinyLora.of(GgufFile.read(file)).strength(4).file().writeTo(folder.resolve("a.gguf"));
        adapters = name -> new AdapterFiles.Found(lora, "sha");
        var with = run(opening().lora(new AdapterUse("a", 1)).session("story"));
        assertThat(with.completed().sessionTokens()).isPositive();
        assertThat(run(opening().session("story")).failure().message()).contains("lora");
        restart(Map.of());

        var again = run(opening().lora(new AdapterUse("a", 1)).session("story"));

        assertThat(again.completed().cachedTokens()).isGreaterThan(20);
        assertThat(again.text()).isEqualTo(with.text());
    }

    @Test
    void sessionsStayWithinTheirLimit() throws Exception {
        run(opening().session("a")).completed();
        var size = Files.size(place.file("a"));
        restart(Map.of("session_bytes", String.valueOf(size * 5 / 2)));
        run(opening().session("b")).completed();
        run(opening().session("c")).completed();

        assertThat(place.file("a")).doesNotExist();
        assertThat(place.file("b")).exists();
        assertThat(place.file("c")).exists();
        restart(Map.of("session_bytes", "1000"));
        assertThat(run(opening().session("d")).completed().sessionTokens()).isZero();
        assertThat(place.file("d")).doesNotExist();
    }

    @Test
    void aSessionThatCannotBeWrittenCostsNoText() throws Exception {
        Files.createSymbolicLink(place.folder(), folder.resolve("nowhere"));

        var end = run(opening().session("story")).completed();

        assertThat(end.completionTokens()).isEqualTo(12);
        assertThat(end.sessionTokens()).isZero();
    }

    @Test
    void aModelWithoutASharedCacheRefusesSessions() {
        restart(Map.of("deterministic", "true"));

        assertThatThrownBy(() -> run(opening().session("story")))
                .isInstanceOfSatisfying(
                        WorkerException.class,
                        refused -> assertThat(refused.failure().kind()).isEqualTo(FailureKind.UNSUPPORTED));
    }
}
