package dev.quantgate.natives.llama;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A llama model with seeded random weights in F16 and a small SentencePiece vocabulary: it babbles, but always the same.
 *
 * @param width length of the hidden state; K-quants need a multiple of 256
 * @param layers number of blocks
 * @param vocabularySize at least {@link #REAL_TOKENS}
 */
record TinyGguf(int width, int layers, int vocabularySize) {
    static final int CONTEXT_TOKENS = 1024;
    static final int BOS = 1;
    static final int EOS = 2;
    static final String CHAT_TEMPLATE = """
            {% for message in messages %}<|im_start|>{{ message.role }}
            {{ message.content }}<|im_end|>
            {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
            {% endif %}""";

    private static final int HEADS = 4;
    private static final int KV_HEADS = 2;
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int BYTE = 6;
    private static final String SPACE = "\u2581";
    private static final List<String> WORDS = List.of(
            "he",
            "th",
            "the",
            "in",
            "an",
            SPACE + "t",
            SPACE + "the",
            "er",
            "or",
            "ll",
            "lo",
            "hello",
            SPACE + "h",
            SPACE + "hello",
            SPACE + "w",
            SPACE + "wo",
            SPACE + "world",
            "rld",
            "world");
    /** Tokens that stand for text; the rest are fillers. */
    static final int REAL_TOKENS = 3 + 256 + 1 + 94 + WORDS.size();

    /** The usual test model: fits K-quants, about 3 MB. */
    static TinyGguf small() {
        return new TinyGguf(256, 2, 512);
    }

    void writeTo(Path file) {
        GgufWriter writer = new GgufWriter();
        writeHyperParameters(writer);
        writeVocabulary(writer);
        writeTensors(writer);
        try {
            writer.writeTo(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeHyperParameters(GgufWriter writer) {
        writer.string("general.architecture", "llama")
                .string("general.name", "tiny")
                .uint32("general.file_type", QuantizationType.F16.nativeId())
                .uint32("llama.context_length", CONTEXT_TOKENS)
                .uint32("llama.embedding_length", width)
                .uint32("llama.block_count", layers)
                .uint32("llama.feed_forward_length", 2 * width)
                .uint32("llama.attention.head_count", HEADS)
                .uint32("llama.attention.head_count_kv", KV_HEADS)
                .float32("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .uint32("llama.rope.dimension_count", width / HEADS)
                .uint32("llama.vocab_size", vocabularySize);
    }

    private void writeVocabulary(GgufWriter writer) {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        List<Integer> types = new ArrayList<>(List.of(UNKNOWN, CONTROL, CONTROL));
        for (int value = 0; value < 256; value++) {
            tokens.add(String.format("<0x%02X>", value));
            types.add(BYTE);
        }
        tokens.add(SPACE);
        for (char c = '!'; c <= '~'; c++) {
            tokens.add(String.valueOf(c));
        }
        tokens.addAll(WORDS);
        while (tokens.size() < vocabularySize) {
            tokens.add(SPACE + "x" + tokens.size() + "y");
        }
        List<Float> scores = new ArrayList<>();
        for (int i = 0; i < vocabularySize; i++) {
            if (types.size() == i) {
                types.add(NORMAL);
            }
            // Words win over letters, and fillers over nothing.
            scores.add(
                    i < REAL_TOKENS - WORDS.size()
                            ? -10f - i * 0.001f
                            : i < REAL_TOKENS ? -1f - i * 0.001f : -100f - i);
        }
        writer.string("tokenizer.ggml.model", "llama")
                .strings("tokenizer.ggml.tokens", tokens)
                .float32s("tokenizer.ggml.scores", scores)
                .int32s("tokenizer.ggml.token_type", types)
                .uint32("tokenizer.ggml.bos_token_id", BOS)
                .uint32("tokenizer.ggml.eos_token_id", EOS)
                .uint32("tokenizer.ggml.unknown_token_id", 0)
                .bool("tokenizer.ggml.add_bos_token", true)
                .string("tokenizer.chat_template", CHAT_TEMPLATE);
    }

    private void writeTensors(GgufWriter writer) {
        Random random = new Random(42);
        int kvWidth = width / HEADS * KV_HEADS;
        matrix(writer, random, "token_embd.weight", width, vocabularySize, 1);
        norm(writer, "output_norm.weight");
        matrix(writer, random, "output.weight", width, vocabularySize, scale(width));
        for (int layer = 0; layer < layers; layer++) {
            String prefix = "blk." + layer + ".";
            norm(writer, prefix + "attn_norm.weight");
            matrix(writer, random, prefix + "attn_q.weight", width, width, scale(width));
            matrix(writer, random, prefix + "attn_k.weight", width, kvWidth, scale(width));
            matrix(writer, random, prefix + "attn_v.weight", width, kvWidth, scale(width));
            matrix(writer, random, prefix + "attn_output.weight", width, width, scale(width));
            norm(writer, prefix + "ffn_norm.weight");
            matrix(writer, random, prefix + "ffn_gate.weight", width, 2 * width, scale(width));
            matrix(writer, random, prefix + "ffn_up.weight", width, 2 * width, scale(width));
            matrix(writer, random, prefix + "ffn_down.weight", 2 * width, width, scale(2 * width));
        }
    }

    private void norm(GgufWriter writer, String name) {
        ByteBuffer data = buffer(width * Float.BYTES);
        for (int i = 0; i < width; i++) {
            data.putFloat(1);
        }
        writer.tensor(name, TensorType.F32, data.flip(), width);
    }

    private static void matrix(GgufWriter writer, Random random, String name, int columns, int rows, float scale) {
        ByteBuffer data = buffer(columns * rows * Short.BYTES);
        for (int i = 0; i < columns * rows; i++) {
            data.putShort(toF16((random.nextFloat() * 2 - 1) * 1.7f * scale));
        }
        writer.tensor(name, TensorType.F16, data.flip(), columns, rows);
    }

    private static float scale(int columns) {
        return (float) (1 / Math.sqrt(columns));
    }

    private static ByteBuffer buffer(int sizeBytes) {
        return ByteBuffer.allocate(sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Truncates; numbers too small for F16 become 0. */
    private static short toF16(float value) {
        int bits = Float.floatToIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int exponent = ((bits >>> 23) & 0xff) - 112;
        return (short) (exponent <= 0 ? sign : sign | (exponent << 10) | ((bits >>> 13) & 0x3ff));
    }
}
