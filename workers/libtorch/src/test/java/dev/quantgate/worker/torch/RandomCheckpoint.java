package dev.quantgate.worker.torch;

import dev.quantgate.natives.torch.DType;
import dev.quantgate.worker.torch.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A DistilBERT classifier of any size with random weights, repeatable by its seed. */
public record RandomCheckpoint(int vocabulary, int hidden, int intermediate, int layers, int heads, long seed) {

    /** The size of DistilBERT: 66 million parameters. */
    public static RandomCheckpoint distilbertSized() {
        return new RandomCheckpoint(30_522, 768, 3_072, 6, 12, 1);
    }

    /** The size of MiniLM with six layers: 22 million parameters. */
    public static RandomCheckpoint miniLmSized() {
        return new RandomCheckpoint(30_522, 384, 1_536, 6, 12, 1);
    }

    /** Small enough for a unit test. */
    public static RandomCheckpoint tiny() {
        return new RandomCheckpoint(100, 32, 64, 2, 4, 1);
    }

    /** Writes config.json, model.safetensors and vocab.txt. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), config());
        Files.writeString(folder.resolve("vocab.txt"), vocabularyText());
        Map<String, long[]> shapes = shapes();
        Random random = new Random(seed);
        try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("model.safetensors"))) {
            shapes.forEach((name, shape) -> writer.declare(name, DType.FLOAT32, shape));
            for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
                writer.write(entry.getKey(), values(entry.getKey(), entry.getValue(), random));
            }
            writer.commit();
        }
    }

    private ByteBuffer values(String name, long[] shape, Random random) {
        int count = (int) (shape.length == 2 ? shape[0] * shape[1] : shape[0]);
        ByteBuffer buffer = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        boolean gain = name.endsWith("orm.weight");
        float spread = shape.length == 2 ? (float) (1.5 / Math.sqrt((double) shape[1])) : 0.02f;
        for (int i = 0; i < count; i++) {
            float noise = (random.nextFloat() + random.nextFloat() + random.nextFloat() - 1.5f) * 2;
            buffer.putFloat(gain ? 1 + 0.1f * noise : spread * noise);
        }
        return buffer.flip();
    }

    private Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("distilbert.embeddings.word_embeddings.weight", new long[] {vocabulary, hidden});
        shapes.put("distilbert.embeddings.position_embeddings.weight", new long[] {512, hidden});
        norm(shapes, "distilbert.embeddings.LayerNorm");
        for (int i = 0; i < layers; i++) {
            String layer = "distilbert.transformer.layer." + i + ".";
            for (String name : new String[] {"q_lin", "k_lin", "v_lin", "out_lin"}) {
                linear(shapes, layer + "attention." + name, hidden, hidden);
            }
            norm(shapes, layer + "sa_layer_norm");
            linear(shapes, layer + "ffn.lin1", intermediate, hidden);
            linear(shapes, layer + "ffn.lin2", hidden, intermediate);
            norm(shapes, layer + "output_layer_norm");
        }
        linear(shapes, "pre_classifier", hidden, hidden);
        linear(shapes, "classifier", 3, hidden);
        return shapes;
    }

    private static void linear(Map<String, long[]> shapes, String name, int outputs, int inputs) {
        shapes.put(name + ".weight", new long[] {outputs, inputs});
        shapes.put(name + ".bias", new long[] {outputs});
    }

    private void norm(Map<String, long[]> shapes, String name) {
        shapes.put(name + ".weight", new long[] {hidden});
        shapes.put(name + ".bias", new long[] {hidden});
    }

    private String config() {
        return """
                {"architectures": ["DistilBertForSequenceClassification"], "model_type": "distilbert",
                 "vocab_size": %d, "dim": %d, "hidden_dim": %d, "n_layers": %d, "n_heads": %d,
                 "max_position_embeddings": 512, "pad_token_id": 0, "activation": "gelu",
                 "id2label": {"0": "negative", "1": "neutral", "2": "positive"}}
                """.formatted(vocabulary, hidden, intermediate, layers, heads);
    }

    private String vocabularyText() {
        StringBuilder text = new StringBuilder("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
        for (int id = 5; id < vocabulary; id++) {
            text.append(
                            id < 31
                                    ? String.valueOf((char) ('a' + id - 5))
                                    : id < 57 ? "##" + (char) ('a' + id - 31) : "w" + id)
                    .append('\n');
        }
        return text.toString();
    }
}
