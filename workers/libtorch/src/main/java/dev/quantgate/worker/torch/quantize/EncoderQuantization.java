package dev.quantgate.worker.torch.quantize;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quantgate.worker.torch.safetensors.SafetensorsCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Quantises a model folder into another one: writes the weights, copies the rest, loads the result, and measures both
 * forms on a sample. Succeeds only when the result has been loaded and run.
 */
public final class EncoderQuantization {

    private static final double WRITE_SHARE = 0.7;
    private static final String REPORT = "quantization_report.json";
    private static final JsonMapper JSON = new JsonMapper();

    /** Hears how far the work is. */
    @FunctionalInterface
    public interface Progress {
        /** Called with the part that is done, 0 to 1, and the step in words. */
        void at(double fraction, String step);
    }

    private final Path source;
    private final Path target;
    private final Precision precision;

    /** Prepares a quantisation; {@code target} exists and is empty. */
    public EncoderQuantization(Path source, Path target, Precision precision) {
        this.source = source;
        this.target = target;
        this.precision = precision;
    }

    /**
     * Does it all; libtorch has been started.
     *
     * @throws CancellationException when {@code cancelled} turns true
     */
    public QuantizationReport run(Progress progress, BooleanSupplier cancelled) throws IOException {
        long start = System.nanoTime();
        ModelFiles.copy(source, target);
        List<LayerError> layers = new CheckpointQuantizer(source, precision)
                .write(
                        target,
                        (tensor, tensors, name) -> progress.at(
                                WRITE_SHARE * tensor / tensors, "tensor " + tensor + " of " + tensors + ": " + name),
                        cancelled);
        progress.at(WRITE_SHARE, "measuring the source");
        requireRunning(cancelled);
        QualityProbe before = QualityProbe.run(source);
        progress.at((1 + WRITE_SHARE) / 2, "measuring the result");
        requireRunning(cancelled);
        QualityProbe after = QualityProbe.run(target);
        QuantizationReport report = new QuantizationReport(
                precision,
                dataBytes(source),
                dataBytes(target),
                Duration.ofNanos(System.nanoTime() - start),
                layers,
                after.meanCosine(before),
                after.leastCosine(before),
                after.agreement(before),
                before.latencyMillis(),
                after.latencyMillis(),
                before.residentBytes(),
                after.residentBytes());
        write(report);
        progress.at(1, "done");
        return report;
    }

    private static void requireRunning(BooleanSupplier cancelled) {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("quantisation cancelled");
        }
    }

    private static long dataBytes(Path folder) throws IOException {
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(folder)) {
            return checkpoint.dataBytes();
        }
    }

    private void write(QuantizationReport report) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("precision", report.precision().typeName());
        root.put("source_bytes", report.sourceBytes()).put("quantized_bytes", report.quantizedBytes());
        root.put("duration_ms", report.duration().toMillis());
        report.figures().forEach(root::put);
        ArrayNode layers = root.putArray("layers");
        report.layers()
                .forEach(layer -> layers.addObject()
                        .put("name", layer.name())
                        .put("relative_error", layer.relative())
                        .put("largest_error", layer.largest()));
        try (FileChannel channel =
                FileChannel.open(target.resolve(REPORT), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes =
                    ByteBuffer.wrap(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
