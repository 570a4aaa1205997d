package dev.quantgate.worker.torch.bench;

import dev.quantgate.natives.torch.QuantizedEngine;
import dev.quantgate.natives.torch.TorchRuntime;
import dev.quantgate.natives.torch.TorchSettings;
import dev.quantgate.worker.torch.RandomCheckpoint;
import dev.quantgate.worker.torch.model.EncoderModel;
import dev.quantgate.worker.torch.model.TokenBatch;
import dev.quantgate.worker.torch.model.TokenInput;
import dev.quantgate.worker.torch.quantize.CheckpointQuantizer;
import dev.quantgate.worker.torch.quantize.Precision;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Prints the latency of a forward pass by precision and shape, interleaved; run its {@code main} with the size
 * ({@code minilm} or {@code distilbert}), an engine, a number of threads and the precisions to
 * compare with float32.
 */
public final class ForwardBench {

    private static final int[][] SHAPES = {{1, 16}, {1, 128}, {1, 512}, {8, 128}};
    private static final int ROUNDS = 7;
    private static final long ROUND_NANOS = 250_000_000L;

    private final boolean oneThread;

    private ForwardBench(boolean oneThread) {
        this.oneThread = oneThread;
    }

    public static void main(String[] arguments) throws IOException {
        RandomCheckpoint size =
                arguments[0].equals("minilm") ? RandomCheckpoint.miniLmSized() : RandomCheckpoint.distilbertSized();
        TorchRuntime runtime = TorchRuntime.start(TorchSettings.defaults()
                .withEngine(QuantizedEngine.valueOf(arguments[1]))
                .withThreads(Integer.parseInt(arguments[2])));
        ForwardBench bench = new ForwardBench(runtime.info().threads() == 1);
        System.out.println(runtime.info());
        Path root = Files.createTempDirectory("forward-bench");
        size.write(root.resolve("fp32"));
        Map<String, EncoderModel> models = new LinkedHashMap<>();
        models.put("fp32", EncoderModel.load(root.resolve("fp32")));
        for (int i = 3; i < arguments.length; i++) {
            Precision precision = Precision.of(arguments[i]);
            Path folder = root.resolve(precision.typeName());
            Files.createDirectories(folder);
            Files.copy(root.resolve("fp32/config.json"), folder.resolve("config.json"));
            new CheckpointQuantizer(root.resolve("fp32"), precision)
                    .write(folder, (done, count, name) -> {}, () -> false);
            models.put(precision.typeName(), EncoderModel.load(folder));
        }
        for (int[] shape : SHAPES) {
            bench.measure(models, batch(shape, size.vocabulary()), shape);
        }
        models.values().forEach(EncoderModel::close);
    }

    private void measure(Map<String, EncoderModel> models, TokenBatch batch, int[] shape) {
        Map<String, Double> best = new LinkedHashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            models.forEach((name, model) -> best.merge(name, millis(model, batch), Math::min));
        }
        best.forEach((name, millis) ->
                System.out.printf(Locale.ROOT, "%dx%d %s %.3f ms%n", shape[0], shape[1], name, millis));
    }

    /** CPU time rather than wall time when one thread computes, since other processes share the machine. */
    private double millis(EncoderModel model, TokenBatch batch) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = System.nanoTime();
        long startCpu = threads.getCurrentThreadCpuTime();
        int runs = 0;
        while (System.nanoTime() - start < ROUND_NANOS || runs == 0) {
            model.sequenceScores(batch);
            runs++;
        }
        long nanos = oneThread ? threads.getCurrentThreadCpuTime() - startCpu : System.nanoTime() - start;
        return nanos / 1e6 / runs;
    }

    private static TokenBatch batch(int[] shape, int vocabulary) {
        Random random = new Random(1);
        List<TokenInput> inputs = new ArrayList<>();
        for (int i = 0; i < shape[0]; i++) {
            long[] ids = random.longs(shape[1], 5, vocabulary).toArray();
            inputs.add(new TokenInput(ids, new long[shape[1]]));
        }
        return new TokenBatch(inputs, 0);
    }
}
