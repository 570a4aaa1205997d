package dev.quantgate.bench.encoders;

import dev.quantgate.bench.Statistics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Computes in a process of its own, so that memory and threads of the engines do not mix.
 *
 * <p>Arguments: {@code torch|onnxruntime}, folder or file, threads. Each line of the input is answered with one line:
 * {@code time BATCH TOKENS MILLIS} with the median milliseconds of a call; {@code vector ID...} with a pooled vector;
 * {@code clients CLIENTS BATCH TOKENS MILLIS} with texts a second (torch only). {@code bench_torch.py --serve} answers
 * the first of them alike.
 */
final class ForwardServer {
    private static final int FEWEST_CALLS = 1;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Forward forward;
    private final int threads;

    private ForwardServer(Forward forward, int threads) {
        this.forward = forward;
        this.threads = threads;
    }

    /** Runs until its input ends. */
    public static void main(String[] args) throws Exception {
        var threads = Integer.parseInt(args[2]);
        try (Forward forward = args[0].equals("torch")
                ? TorchForward.open(Path.of(args[1]), threads)
                : OnnxForward.open(Path.of(args[1]), threads)) {
            new ForwardServer(forward, threads).serve();
        }
    }

    private void serve() throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            var words = line.split(" ", -1);
            System.out.println(
                    switch (words[0]) {
                        case "time" -> String.valueOf(medianMillis(shape(words, 1), Long.parseLong(words[3])));
                        case "vector" -> vector(words);
                        case "clients" -> clients(words);
                        default -> throw new IOException("command: " + words[0]);
                    });
        }
    }

    private static InputShape shape(String[] words, int at) {
        return new InputShape(Integer.parseInt(words[at]), Integer.parseInt(words[at + 1]));
    }

    private double medianMillis(InputShape shape, long millis) throws Exception {
        var ids = shape.ids();
        var end = System.nanoTime() + (long) (millis * NANOS_PER_MILLI);
        var times = new ArrayList<Double>();
        while (times.size() < FEWEST_CALLS || System.nanoTime() < end) {
            var start = System.nanoTime();
            var unused = forward.pooled(ids);
            times.add((System.nanoTime() - start) / NANOS_PER_MILLI);
        }
        return Statistics.median(times.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private String vector(String[] words) throws Exception {
        var ids = Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
        var values = forward.pooled(new long[][] {ids})[0];
        var text = new ArrayList<String>();
        for (var value : values) {
            text.add(Float.toString(value));
        }
        return text.stream().collect(Collectors.joining(" "));
    }

    private String clients(String[] words) throws Exception {
        var model = ((TorchForward) forward).model();
        var load = new ClientLoad(model, Integer.parseInt(words[1]), Integer.parseInt(words[2]), threads);
        return String.valueOf(load.textsPerSecond(Integer.parseInt(words[3]), Long.parseLong(words[4])));
    }
}
