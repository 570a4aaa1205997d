package dev.quantgate.bench.kv;

import dev.quantgate.bench.Bench;
import dev.quantgate.bench.Contest;
import dev.quantgate.bench.Suite;
import dev.quantgate.bench.engine.EngineModel;
import dev.quantgate.natives.llama.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Quantised KV caches beside f16, on the project's own documentation as text. */
public final class KvSuite implements Suite {
    /** Keys and values have the same type. */
    static final List<TensorType> REDUCED = List.of(TensorType.Q8_0, TensorType.Q4_0);

    private final Bench bench;
    private final EngineModel model;

    private KvSuite(Bench bench) {
        this.bench = bench;
        model = EngineModel.open(bench.model());
    }

    /** Loads the model. */
    public static KvSuite open(Bench bench) {
        return new KvSuite(bench);
    }

    @Override
    public List<Contest> contests() throws IOException {
        var tokens = model.model().vocabulary().tokenize(text(), false, false);
        var contests = new ArrayList<Contest>();
        for (var type : REDUCED) {
            contests.add(new QualityContest(bench, model.model(), type, tokens));
        }
        contests.add(new SpeedContest(bench, model.model(), tokens));
        return contests;
    }

    private String text() throws IOException {
        var text = new StringBuilder();
        try (var files = Files.walk(bench.root().resolve("docs"))) {
            for (var file : files.filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                text.append(Files.readString(file)).append('\n');
            }
        }
        return text.toString();
    }

    static String name(TensorType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        model.close();
    }
}
