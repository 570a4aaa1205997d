package dev.quantgate.worker.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.bus.v1.WireCalls.Call.MethodCase;
import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.LoadOutcome;
import dev.quantgate.worker.api.LoadSettings;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.OperationKind;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizeRequest;
import dev.quantgate.worker.api.SessionRef;
import dev.quantgate.worker.api.Task;
import dev.quantgate.worker.api.Worker;
import dev.quantgate.worker.api.inference.TextResult;
import dev.quantgate.worker.api.inference.TextTask;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EveryCallTest {
    private static final CallContext CONTEXT = CallContext.of("r");
    private static final ModelRef REF = ModelRef.of("smol", "Q8_0");
    private static final AdapterRef ADAPTER = new AdapterRef("smol", "pirate");
    private static final SessionRef SESSION = new SessionRef("smol", "chat-1");
    private static final LoadSettings SETTINGS =
            new LoadSettings(512, Optional.of(false), Optional.of(Duration.ofSeconds(-1)));
    private static final Path SOURCE = Path.of("/pirate.gguf");
    private static final TextTask.Tokenize TASK = new TextTask.Tokenize(REF, "a b", true, false);
    private static final ImportRequest IMPORT = new ImportRequest("smol", Path.of("/m.gguf"), "", "", "");
    private static final QuantizeRequest QUANTIZE =
            new QuantizeRequest("smol", "Q8_0", "", false, Optional.empty(), false);

    private record Case(
            String method,
            List<Object> arguments,
            @Nullable Object answer,
            Function<Worker, CompletionStage<?>> call) {}

    private static List<Case> cases() {
        var model = Samples.model(Set.of(Task.GENERATE));
        var operation = Samples.operation(OperationKind.QUANTIZE, OperationState.RUNNING);
        var outcome = new LoadOutcome(Samples.variant(LoadState.ACTIVE), true);
        return List.of(
                new Case("listModels", List.of(), List.of(model), w -> w.listModels(CONTEXT)),
                new Case("getModel", List.of("smol"), model, w -> w.getModel("smol", CONTEXT)),
                new Case("importModel", List.of(IMPORT), operation, w -> w.importModel(IMPORT, CONTEXT)),
                new Case("deleteModel", List.of(REF), null, w -> w.deleteModel(REF, CONTEXT)),
                new Case(
                        "importAdapter",
                        List.of(ADAPTER, SOURCE),
                        Samples.adapter(),
                        w -> w.importAdapter(ADAPTER, SOURCE, CONTEXT)),
                new Case("deleteAdapter", List.of(ADAPTER), null, w -> w.deleteAdapter(ADAPTER, CONTEXT)),
                new Case(
                        "listSessions",
                        List.of("smol"),
                        List.of(Samples.session()),
                        w -> w.listSessions("smol", CONTEXT)),
                new Case("deleteSession", List.of(SESSION), null, w -> w.deleteSession(SESSION, CONTEXT)),
                new Case("loadModel", List.of(REF, SETTINGS), outcome, w -> w.loadModel(REF, SETTINGS, CONTEXT)),
                new Case("unloadModel", List.of(REF), List.of("smol:Q8_0"), w -> w.unloadModel(REF, CONTEXT)),
                new Case("quantizeModel", List.of(QUANTIZE), operation, w -> w.quantizeModel(QUANTIZE, CONTEXT)),
                new Case(
                        "quantizationTypes",
                        List.of(),
                        List.of(Samples.quantizationType()),
                        w -> w.quantizationTypes(CONTEXT)),
                new Case("listOperations", List.of(), List.of(operation), w -> w.listOperations(CONTEXT)),
                new Case("getOperation", List.of("op"), operation, w -> w.getOperation("op", CONTEXT)),
                new Case("cancelOperation", List.of("op"), operation, w -> w.cancelOperation("op", CONTEXT)),
                new Case("deleteOperation", List.of("op"), null, w -> w.deleteOperation("op", CONTEXT)),
                new Case(
                        "run",
                        List.of(TASK),
                        new TextResult.Tokenized(List.of(1), List.of("a")),
                        w -> w.run(TASK, CONTEXT)),
                new Case("drain", List.of(Duration.ofSeconds(3)), 5, w -> w.drain(Duration.ofSeconds(3), CONTEXT)));
    }

    @Test
    void everyCallReachesItsMethodAndBringsItsAnswerBack() throws Exception {
        var calls = new ArrayList<List<Object>>();
        var bus = new LocalBus();
        try {
            var endpoint = bus.serve(recording(calls));
            var client = bus.client("w1");
            for (var one : cases()) {
                var answer = one.call.apply(client).toCompletableFuture().get(10, TimeUnit.SECONDS);

                assertThat(answer).as(one.method).isEqualTo(one.answer);
                var expected = new ArrayList<Object>(List.of(one.method));
                expected.addAll(one.arguments);
                assertThat(calls).last().isEqualTo(expected);
            }
            bus.assertIdle(endpoint);
        } finally {
            bus.close();
        }
    }

    @Test
    void everyCallIsAmongTheCases() {
        assertThat(cases()).hasSize(MethodCase.values().length - 1);
        assertThat(Arrays.stream(Worker.class.getMethods())
                        .filter(method -> method.getReturnType() == CompletionStage.class)
                        .map(method -> method.getName()))
                .containsExactlyInAnyOrderElementsOf(
                        cases().stream().map(Case::method).toList());
    }

    private static Worker recording(List<List<Object>> calls) {
        var answers = new HashMap<String, @Nullable Object>();
        cases().forEach(one -> answers.put(one.method, one.answer));
        return (Worker) Proxy.newProxyInstance(
                Worker.class.getClassLoader(), new Class<?>[] {Worker.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("status")) {
                        return Samples.status("w1");
                    }
                    var call = new ArrayList<Object>(List.of(method.getName()));
                    for (var argument : arguments) {
                        if (!(argument instanceof CallContext)) {
                            call.add(argument);
                        }
                    }
                    calls.add(call);
                    return CompletableFuture.completedFuture(answers.get(method.getName()));
                });
    }
}
