package dev.quantgate.bench.serving;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Suite;
import dev.quantgate.bench.engine.EngineModel;
import io.vertx.core.Vertx;
import java.util.List;

/** Quantgate beside llama-server and the bare loop, on the same libraries, model, threads, context and slots. */
public final class ServingSuite implements Suite {
    private static final int QUICK_DIVISOR = 4;

    private final Bench bench;
    private final Vertx vertx = Vertx.vertx();
    private final EngineModel engine;

    private ServingSuite(Bench bench) {
        this.bench = bench;
        engine = EngineModel.open(bench.model());
    }

    /** Loads the model for prompts and the bare loop. */
    public static ServingSuite open(Bench bench) {
        return new ServingSuite(bench);
    }

    @Override
    public List<Contest> contests() {
        return new Scenarios(engine.prompts(), bench.quick() ? QUICK_DIVISOR : 1)
                .all().stream()
                        .<Contest>map(scenario -> new ServingContest(bench, vertx, engine, scenario))
                        .toList();
    }

    @Override
    public void close() {
        engine.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
