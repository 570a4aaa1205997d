package dev.quantgate.worker.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.worker.api.Cancellation;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.backend.AdapterFiles;
import dev.quantgate.worker.api.backend.BackendSettings;
import dev.quantgate.worker.api.backend.LoadOptions;
import dev.quantgate.worker.api.backend.LoadedModel;
import dev.quantgate.worker.api.inference.AdapterUse;
import dev.quantgate.worker.llamacpp.gguf.GgmlType;
import dev.quantgate.worker.llamacpp.gguf.GgufFile;
import dev.quantgate.worker.llamacpp.gguf.TinyGguf;
import dev.quantgate.worker.llamacpp.gguf.TinyLora;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LoraTest {
    private static final AdapterUse A = new AdapterUse("a", 1);
    private static final AdapterUse B = new AdapterUse("b", 1);
    /** More than any of them takes. */
    private static final long ADAPTER_BYTES = 200_000;

    private static final String SYSTEM = "You are a careful assistant who answers in few words. ".repeat(3);

    @TempDir
    private static Path folder;

    private static final Map<String, AdapterFiles.Found> ADAPTERS = new HashMap<>();
    private static LlamaCppBackend backend;
    private static LoadedModel model;

    @BeforeAll
    static void load() throws Exception {
        // F32, because matrices of F16 use one kernel for single rows and another for several.
        var file = TinyGguf.llama().type(GgmlType.F32).writeTo(folder.resolve("tiny.gguf"));
        var base = GgufFile.read(file);
        for (int i = 0; i < 8; i++) {
            add(Character.toString('a' + i), TinyLora.of(base).seed(i).strength(4));
        }
        backend = new LlamaCppBackend(new BackendSettings(1, 1L << 30, 0, 4, 64, Map.of()));
        model = load(file);
    }

    private static LoadedModel load(Path file) {
        AdapterFiles files = name -> {
            var found = ADAPTERS.get(name);
            if (found == null) {
                throw AdapterFiles.notFound(name);
            }
            return found;
        };
        return backend.load(
                file, new LoadOptions("tiny", 0, files, Optional.empty()), (fraction, step) -> {}, new Cancellation());
    }

    private static void add(String name, TinyLora adapter) {
        ADAPTERS.put(
                name, new AdapterFiles.Found(adapter.file().writeTo(folder.resolve(name + ".gguf")), "sha-" + name));
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static Generate request(String prompt, AdapterUse... uses) {
        return Generate.prompt(prompt).maxTokens(24).lora(uses);
    }

    private static String text(String prompt, AdapterUse... uses) throws Exception {
        return TestStream.start(model, request(prompt, uses).build()).text();
    }

    @Test
    void anAdapterChangesTheTextAndScaleZeroDoesNot() throws Exception {
        var base = text("change");

        assertThat(text("change", A)).isNotEqualTo(base);
        assertThat(text("change", B)).isNotEqualTo(base).isNotEqualTo(text("change", A));
        assertThat(text("change", A, B)).isNotEqualTo(text("change", A)).isNotEqualTo(text("change", B));
        assertThat(text("change", new AdapterUse("a", 0))).isEqualTo(base);
        assertThat(text("change", new AdapterUse("a", 0.5f))).isNotEqualTo(text("change", A));
        assertThat(text("change")).isEqualTo(base);
    }

    @Test
    void thePrefixCacheKeepsAdaptersApart() throws Exception {
        var fresh = load(folder.resolve("tiny.gguf"));
        String alone;
        try {
            alone = TestStream.start(fresh, request(SYSTEM + "two", A).build()).text();
        } finally {
            fresh.close();
        }
        TestStream.start(model, request(SYSTEM + "one").build()).completed();

        var first = TestStream.start(model, request(SYSTEM + "two", A).build());
        assertThat(first.completed().cachedTokens()).isZero();
        assertThat(first.text()).isEqualTo(alone);
        var again = TestStream.start(model, request(SYSTEM + "two", A).build());
        assertThat(again.completed().cachedTokens()).isGreaterThan(20);
        assertThat(again.text()).isEqualTo(alone);
        var scaled = TestStream.start(
                model, request(SYSTEM + "two", new AdapterUse("a", 0.5f)).build());
        assertThat(scaled.completed().cachedTokens()).isZero();
    }

    @Test
    void requestsThatRunTogetherEachGetTheTextTheyGetAlone() throws Exception {
        var uses = List.of(new AdapterUse[0], new AdapterUse[] {A}, new AdapterUse[] {B}, new AdapterUse[] {A, B});
        var alone = new ArrayList<String>();
        for (int i = 0; i < 12; i++) {
            alone.add(text("Together " + i, uses.get(i % 4)));
        }
        var streams = new ArrayList<TestStream>();
        for (int i = 0; i < 12; i++) {
            streams.add(TestStream.start(
                    model, request("Together " + i, uses.get(i % 4)).build()));
        }
        var together = new ArrayList<String>();
        for (var stream : streams) {
            together.add(stream.text());
        }

        assertThat(together).isEqualTo(alone);
    }

    @Test
    void adaptersThatNobodyUsesLeaveMemoryAndComeBack() throws Exception {
        var before = text("come back", A);
        for (var name : List.of("a", "b", "c", "d", "e", "f", "g", "h")) {
            text("come back", new AdapterUse(name, 1));
        }
        var all = model.memoryBytes();
        text("come back");

        assertThat(all - plain()).isLessThanOrEqualTo(5 * ADAPTER_BYTES);
        assertThat(text("come back", A)).isEqualTo(before);
    }

    private static long plain() {
        var fresh = load(folder.resolve("tiny.gguf"));
        try {
            return fresh.memoryBytes();
        } finally {
            fresh.close();
        }
    }

    @Test
    void twoNamesOfOneFileAddUp() throws Exception {
        ADAPTERS.put("alias", ADAPTERS.get("a"));

        assertThat(text("sum", new AdapterUse("a", 0.25f), new AdapterUse("alias", 0.75f)))
                .isEqualTo(text("sum", A));
        assertThat(text("sum", A, new AdapterUse("alias", -1))).isEqualTo(text("sum"));
    }

    @Test
    void whatCannotBeUsedIsRefusedAndHarmsNobody() throws Exception {
        var other = GgufFile.read(TinyGguf.llama().width(512).writeTo(folder.resolve("wide.gguf")));
        add("wide", TinyLora.of(other));
        var running = TestStream.start(
                model, Generate.prompt("running").maxTokens(200).build());

        var unknown = TestStream.start(
                model, request("x", new AdapterUse("nobody", 1)).build());
        var unfit =
                TestStream.start(model, request("x", new AdapterUse("wide", 1)).build());

        assertThat(unknown.failure().kind()).isEqualTo(FailureKind.ADAPTER_NOT_FOUND);
        assertThat(unfit.failure().kind()).isEqualTo(FailureKind.INVALID_MODEL);
        assertThat(unfit.failure().message()).contains("shape");
        assertThat(running.completed().completionTokens()).isEqualTo(200);
    }

    @Test
    void anAdapterBeyondTheMemoryLimitIsRefused() throws Exception {
        var file = folder.resolve("tiny.gguf");
        var limit = plain() + 1000;
        var tight = new LlamaCppBackend(new BackendSettings(1, limit, 0, 4, 8, Map.of()));
        try (var small = tight.load(
                file,
                new LoadOptions("t", 0, name -> Objects.requireNonNull(ADAPTERS.get("a")), Optional.empty()),
                (f, s) -> {},
                new Cancellation())) {
            var failure = TestStream.start(small, request("x", A).build()).failure();

            assertThat(failure.kind()).isEqualTo(FailureKind.OUT_OF_MEMORY);
            assertThat(small.memoryBytes()).isLessThanOrEqualTo(limit);
        } finally {
            tight.close();
        }
    }
}
