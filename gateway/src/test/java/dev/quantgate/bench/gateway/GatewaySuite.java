package dev.quantgate.bench.gateway;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Suite;
import dev.quantgate.bench.engine.BareLoop;
import dev.quantgate.bench.engine.EngineModel;
import dev.quantgate.bench.load.LoadResult;
import dev.quantgate.bench.process.Gateway;
import dev.quantgate.bench.process.Shape;
import dev.quantgate.bench.process.Store;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What reaches a client of the engine's speed: one gateway beside the bare engine and llama.cpp's programs. */
public final class GatewaySuite implements Suite {
    private static final int SEQUENCES = 8;
    private static final int CONTEXT_TOKENS = 1024;
    private static final int STREAM_PROMPT_TOKENS = 32;
    private static final int FIRST_TOKEN_PROMPT_TOKENS = 256;

    private final Bench bench;
    private final Shape shape;
    private final EngineModel engine;
    private final BareLoop loop;
    private final Gateway gateway;

    private GatewaySuite(Bench bench) throws Exception {
        this.bench = bench;
        shape = new Shape(bench.threads(), SEQUENCES, CONTEXT_TOKENS);
        engine = EngineModel.open(bench.model());
        loop = new BareLoop(engine.model(), shape, true);
        gateway = Gateway.start(bench.launcher(), bench.home("gateway"), shape, Map.of(), bench.log("gateway"));
    }

    /** Starts the gateway and loads the model on both sides. */
    public static GatewaySuite open(Bench bench) throws Exception {
        var suite = new GatewaySuite(bench);
        var store = new Store(suite.gateway.channel());
        store.importOnce(bench.model());
        store.load();
        return suite;
    }

    @Override
    public List<Contest> contests() {
        var size = bench.quick() ? 4 : 1;
        var prompts = new StreamPrompts(engine.prompts());
        return List.of(
                new StreamContest(
                        "stream_c1",
                        LoadResult.TOKENS_PER_SECOND,
                        gateway,
                        loop,
                        round -> prompts.streams(round, 1, STREAM_PROMPT_TOKENS, 384 / size)),
                new StreamContest(
                        "stream_c8",
                        LoadResult.TOKENS_PER_SECOND,
                        gateway,
                        loop,
                        round -> prompts.streams(round, SEQUENCES, STREAM_PROMPT_TOKENS, 256 / size)),
                new StreamContest(
                        "ttft_256",
                        LoadResult.FIRST_P50,
                        gateway,
                        loop,
                        round -> prompts.oneAfterTheOther(round, 12 / size, FIRST_TOKEN_PROMPT_TOKENS, 1)),
                new CancelContest(gateway, engine.prompts(), 2),
                new IdleContest(gateway, Duration.ofSeconds(6 / size + 1)),
                new QuantizeContest("quantize_q8_0", "Q8_0", bench, gateway, shape.threads()),
                new QuantizeContest("quantize_q4_k_m", "Q4_K_M", bench, gateway, shape.threads()),
                new StartContest(bench, shape, engine));
    }

    @Override
    public void close() {
        gateway.close();
        loop.close();
        engine.close();
    }
}
