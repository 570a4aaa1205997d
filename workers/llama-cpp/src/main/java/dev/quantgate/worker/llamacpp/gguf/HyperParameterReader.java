package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the hyper-parameters, with the defaults of llama.cpp's {@code llama_model_base::load_hparams}, and bounds them. */
final class HyperParameterReader {
    // LLAMA_MAX_LAYERS: native arrays have this length.
    private static final int MAX_BLOCKS = 512;
    private static final int MAX_EMBEDDING_LENGTH = 1 << 20;
    private static final int MAX_FEED_FORWARD_LENGTH = 1 << 24;
    private static final int MAX_HEADS = 1 << 14;
    private static final int MAX_HEAD_LENGTH = 1 << 16;

    private final Metadata metadata;
    private final ArrayReader arrays;
    private final Limits limits;
    private final String architecture;
    private final boolean known;

    HyperParameterReader(
            Metadata metadata, ArrayReader arrays, Limits limits, String architecture, Optional<Architecture> known) {
        this.metadata = metadata;
        this.arrays = arrays;
        this.limits = limits;
        this.architecture = architecture;
        this.known = known.isPresent();
    }

    HyperParameters read() throws IOException {
        int contextTokens = dimension("context_length", limits.contextTokens());
        int embeddingLength = dimension("embedding_length", MAX_EMBEDDING_LENGTH);
        int blocks = dimension("block_count", MAX_BLOCKS);
        int predictionBlocks =
                (int) metadata.whole(key("nextn_predict_layers"), 0, blocks).orElse(0);
        List<Integer> heads = perBlock("attention.head_count", blocks, MAX_HEADS, Collections.nCopies(blocks, 0));
        List<Integer> headsKv = perBlock("attention.head_count_kv", blocks, MAX_HEADS, heads);
        List<Integer> feedForward =
                perBlock("feed_forward_length", blocks, MAX_FEED_FORWARD_LENGTH, Collections.nCopies(blocks, 0));
        requireGroupsOfHeads(heads, headsKv);
        int headLength = headLength(embeddingLength, heads);
        int keyLength = headDimension("attention.key_length", headLength);
        int valueLength = headDimension("attention.value_length", headLength);
        int ropeDimensions = (int)
                metadata.whole(key("rope.dimension_count"), 0, MAX_HEAD_LENGTH).orElse(keyLength);
        int experts = new ExpertCheck(metadata, arrays, architecture).expertCount(blocks);
        requireSaneScalars();
        return new HyperParameters(
                architecture,
                contextTokens,
                embeddingLength,
                blocks,
                predictionBlocks,
                heads,
                headsKv,
                feedForward,
                keyLength,
                valueLength,
                ropeDimensions,
                experts);
    }

    private int dimension(String name, int max) throws GgufFormatException {
        OptionalLong value = metadata.whole(key(name), 1, max);
        if (value.isEmpty() && known) {
            throw Metadata.missing(key(name), "UINT32 from 1 to " + max);
        }
        return (int) value.orElse(0);
    }

    private List<Integer> perBlock(String name, int blocks, int max, List<Integer> absent) throws IOException {
        String key = key(name);
        // Hybrid families have layers without attention, which count 0 heads.
        int min = known ? 1 : 0;
        if (metadata.isArray(key)) {
            return perBlockArray(key, blocks, min, max);
        }
        OptionalLong value = metadata.whole(key, min, max);
        if (value.isPresent()) {
            return Collections.nCopies(blocks, (int) value.getAsLong());
        }
        if (known && !name.endsWith("head_count_kv")) {
            throw Metadata.missing(key, "UINT32 from 1 to " + max);
        }
        return absent;
    }

    private List<Integer> perBlockArray(String key, int blocks, int min, int max) throws IOException {
        GgufValue.Elements array =
                metadata.array(key, GgufValueType.UINT32, GgufValueType.INT32).orElseThrow();
        if (array.count() != blocks) {
            throw new GgufFormatException(key, array, blocks + " elements, one per block");
        }
        List<Integer> values = new ArrayList<>();
        for (long value : arrays.integers(key, array)) {
            values.add((int) Metadata.inRange(key + "[" + values.size() + "]", value, min, max));
        }
        return Collections.unmodifiableList(values);
    }

    private void requireGroupsOfHeads(List<Integer> heads, List<Integer> headsKv) throws GgufFormatException {
        for (int i = 0; i < heads.size(); i++) {
            int kv = headsKv.get(i);
            if (kv > 0 && heads.get(i) % kv != 0) {
                throw new GgufFormatException(
                        key("attention.head_count_kv"),
                        kv,
                        "a divisor of the " + heads.get(i) + " heads of block " + i);
            }
        }
    }

    private int headLength(int embeddingLength, List<Integer> heads) throws GgufFormatException {
        int first = heads.isEmpty() ? 0 : heads.get(0);
        if (first == 0) {
            return 0;
        }
        if (known && !metadata.has(key("attention.key_length")) && embeddingLength % first != 0) {
            throw new GgufFormatException(
                    key("attention.head_count"), first, "a divisor of the embedding length, " + embeddingLength);
        }
        return embeddingLength / first;
    }

    private int headDimension(String name, int absent) throws GgufFormatException {
        return (int) metadata.whole(key(name), known ? 1 : 0, MAX_HEAD_LENGTH).orElse(absent);
    }

    private void requireSaneScalars() throws GgufFormatException {
        String epsilon = key("attention.layer_norm_rms_epsilon");
        if (metadata.real(epsilon, 0, 1).isEmpty() && known) {
            throw Metadata.missing(epsilon, "FLOAT32 from 0 to 1");
        }
        metadata.real(key("attention.layer_norm_epsilon"), 0, 1);
        metadata.real(key("rope.freq_base"), Float.MIN_NORMAL, Float.MAX_VALUE);
        metadata.real(key("rope.scaling.factor"), 0, Float.MAX_VALUE);
        Optional<String> scaling = metadata.text(key("rope.scaling.type"));
        if (scaling.isPresent()
                && !List.of("none", "linear", "yarn", "longrope").contains(scaling.get())) {
            throw new GgufFormatException(
                    key("rope.scaling.type"), scaling.get(), "one of none, linear, yarn, longrope");
        }
    }

    private String key(String name) {
        return architecture + "." + name;
    }
}
