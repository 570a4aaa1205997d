package dev.quantgate.worker.llamacpp.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A small llama model with random weights that llama.cpp loads and runs: it generates nonsense, but always the same
 * nonsense for the same settings.
 *
 * <p>Its vocabulary is of the SentencePiece kind: unknown, begin, end, the 256 bytes, two control tokens of the chat
 * template, then single characters and pairs of them.
 */
public final class TinyGguf {
    /** The default shape: K-quants apply, because 256 is the length of their blocks. */
    public static final int WIDTH = 256;

    /** As wide as SmolLM2-135M: no multiple of 256, so K-quants fall back to other types. */
    public static final int UNEVEN_WIDTH = 576;

    private static final int FIRST_BYTE_TOKEN = 3;
    private static final int MIN_VOCABULARY = FIRST_BYTE_TOKEN + 256 + 2;
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int BYTE = 6;
    private static final String CHAT_TEMPLATE =
            "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n'"
                    + " + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
                    + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private int width = WIDTH;
    private int layers = 2;
    private int headLength = 64;
    private int headsKv = 1;
    private int feedForward = 512;
    private int vocabulary = 512;
    private int contextTokens = 512;
    private GgmlType type = GgmlType.F16;
    private long seed = 1;

    private TinyGguf() {}

    /** 256 wide, 2 layers, 512 entries in the vocabulary, F16: about 3 MB. */
    public static TinyGguf llama() {
        return new TinyGguf();
    }

    /** Width of the hidden state, a multiple of the length of a head. */
    public TinyGguf width(int elements) {
        width = elements;
        return this;
    }

    public TinyGguf layers(int count) {
        layers = count;
        return this;
    }

    /** Elements of one head (even) and the number of heads for keys and values. */
    public TinyGguf heads(int length, int kv) {
        headLength = length;
        headsKv = kv;
        return this;
    }

    public TinyGguf feedForward(int elements) {
        feedForward = elements;
        return this;
    }

    /** Entries of the vocabulary, at least 261. */
    public TinyGguf vocabulary(int tokens) {
        if (tokens < MIN_VOCABULARY) {
            throw new IllegalArgumentException("tokens: " + tokens + " (expected: >= " + MIN_VOCABULARY + ")");
        }
        vocabulary = tokens;
        return this;
    }

    public TinyGguf contextTokens(int tokens) {
        contextTokens = tokens;
        return this;
    }

    /** Storage of the matrices, F32 or F16; norms are always F32. */
    public TinyGguf type(GgmlType storage) {
        if (storage != GgmlType.F32 && storage != GgmlType.F16) {
            throw new IllegalArgumentException("storage: " + storage + " (expected: F32 or F16)");
        }
        type = storage;
        return this;
    }

    public TinyGguf seed(long value) {
        seed = value;
        return this;
    }

    /** Writes the file. */
    public Path writeTo(Path path) {
        return file().writeTo(path);
    }

    /** The file, open to changes. */
    public GgufBytes file() {
        GgufBytes file = new GgufBytes();
        metadata(file);
        tokenizer(file);
        tensors(file);
        return file;
    }

    private void metadata(GgufBytes file) {
        file.string("general.architecture", "llama")
                .string("general.type", "model")
                .string("general.name", "Tiny random llama")
                .uint32("general.file_type", type == GgmlType.F32 ? 0 : 1)
                .uint32("llama.block_count", layers)
                .uint32("llama.context_length", contextTokens)
                .uint32("llama.embedding_length", width)
                .uint32("llama.feed_forward_length", feedForward)
                .uint32("llama.attention.head_count", width / headLength)
                .uint32("llama.attention.head_count_kv", headsKv)
                .uint32("llama.attention.key_length", headLength)
                .uint32("llama.attention.value_length", headLength)
                .uint32("llama.rope.dimension_count", headLength)
                .float32("llama.rope.freq_base", 10_000)
                .float32("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .uint32("llama.vocab_size", vocabulary);
    }

    private void tokenizer(GgufBytes file) {
        List<String> tokens = tokens();
        int[] types = new int[tokens.size()];
        float[] scores = new float[tokens.size()];
        for (int i = 0; i < types.length; i++) {
            boolean isByte = i >= FIRST_BYTE_TOKEN && i < FIRST_BYTE_TOKEN + 256;
            types[i] = i == 0 ? UNKNOWN : isByte ? BYTE : i < MIN_VOCABULARY ? CONTROL : NORMAL;
            // SentencePiece joins the pair with the highest score first.
            scores[i] = i < MIN_VOCABULARY ? 0 : MIN_VOCABULARY - i;
        }
        file.string("tokenizer.ggml.model", "llama")
                .string("tokenizer.ggml.pre", "default")
                .strings("tokenizer.ggml.tokens", tokens)
                .floats("tokenizer.ggml.scores", scores)
                .int32s("tokenizer.ggml.token_type", types)
                .uint32("tokenizer.ggml.bos_token_id", 1)
                .uint32("tokenizer.ggml.eos_token_id", 2)
                .uint32("tokenizer.ggml.unknown_token_id", 0)
                .flag("tokenizer.ggml.add_bos_token", true)
                .flag("tokenizer.ggml.add_eos_token", false)
                .string("tokenizer.chat_template", CHAT_TEMPLATE);
    }

    private List<String> tokens() {
        Set<String> tokens = new LinkedHashSet<>(List.of("<unk>", "<s>", "</s>"));
        for (int i = 0; i < 256; i++) {
            tokens.add(String.format("<0x%02X>", i));
        }
        tokens.addAll(List.of("<|im_start|>", "<|im_end|>"));
        String letters = "\u2581etaoinshrdlucmfwypvbgkjqxzETAOINSHRDLUCMFWYPVBGKJQXZ0123456789.,!?'\"-:;()";
        letters.chars().forEach(letter -> tokens.add(Character.toString(letter)));
        for (int distance = 0; tokens.size() < vocabulary; distance++) {
            for (int i = 0; i <= distance && i < letters.length(); i++) {
                int other = distance - i;
                if (other < letters.length()) {
                    tokens.add("" + letters.charAt(i) + letters.charAt(other));
                }
            }
            if (distance > 2 * letters.length()) {
                tokens.add("\u2581" + tokens.size());
            }
        }
        return new ArrayList<>(tokens).subList(0, vocabulary);
    }

    private void tensors(GgufBytes file) {
        SplittableRandom random = new SplittableRandom(seed);
        int query = width / headLength * headLength;
        int keys = headsKv * headLength;
        matrix(file, "token_embd.weight", random, width, vocabulary);
        for (int i = 0; i < layers; i++) {
            String block = "blk." + i + ".";
            ones(file, block + "attn_norm.weight");
            matrix(file, block + "attn_q.weight", random, width, query);
            matrix(file, block + "attn_k.weight", random, width, keys);
            matrix(file, block + "attn_v.weight", random, width, keys);
            matrix(file, block + "attn_output.weight", random, query, width);
            ones(file, block + "ffn_norm.weight");
            matrix(file, block + "ffn_gate.weight", random, width, feedForward);
            matrix(file, block + "ffn_up.weight", random, width, feedForward);
            matrix(file, block + "ffn_down.weight", random, feedForward, width);
        }
        ones(file, "output_norm.weight");
        matrix(file, "output.weight", random, width, vocabulary);
    }

    private void ones(GgufBytes file, String name) {
        ByteBuffer data = ByteBuffer.allocate(width * 4).order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            data.putFloat(1);
        }
        file.tensor(name, GgmlType.F32, data.array(), width);
    }

    /** Uniform weights of variance 1 / row, which keep activations near 1. */
    private void matrix(GgufBytes file, String name, SplittableRandom random, int row, int rows) {
        ByteBuffer data = ByteBuffer.allocate(row * rows * type.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
        double scale = Math.sqrt(12.0 / row);
        while (data.hasRemaining()) {
            float weight = (float) ((random.nextDouble() - 0.5) * scale);
            if (type == GgmlType.F32) {
                data.putFloat(weight);
            } else {
                data.putShort(HalfFloat.bits(weight));
            }
        }
        file.tensor(name, type, data.array(), row, rows);
    }
}
