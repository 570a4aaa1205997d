package dev.quantgate.bench.serving;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.CaseResult;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Rounds;
import dev.quantgate.bench.engine.EngineModel;
import io.vertx.core.Vertx;
import java.util.List;

/** One scenario, run by every contender. */
record ServingContest(Bench bench, Vertx vertx, EngineModel engine, Scenario scenario) implements Contest {
    @Override
    public String name() {
        return scenario.name();
    }

    @Override
    public List<CaseResult> run(Rounds rounds) throws Exception {
        try (var contenders = ServingContenders.start(bench, vertx, engine, scenario)) {
            return contenders.compare(rounds.play(contenders.all()));
        }
    }
}
