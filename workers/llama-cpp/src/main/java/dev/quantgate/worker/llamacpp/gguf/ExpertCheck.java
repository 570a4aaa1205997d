package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;

/** Checks the numbers of a mixture of experts, on which llama.cpp's {@code load_hparams} asserts. */
final class ExpertCheck {
    // LLAMA_MAX_EXPERTS
    private static final int MAX_EXPERTS = 1024;

    private final Metadata metadata;
    private final ArrayReader arrays;
    private final String architecture;

    ExpertCheck(Metadata metadata, ArrayReader arrays, String architecture) {
        this.metadata = metadata;
        this.arrays = arrays;
        this.architecture = architecture;
    }

    int expertCount(int blocks) throws IOException {
        long experts = metadata.whole(key("expert_count"), 0, MAX_EXPERTS).orElse(0);
        long used = usedExperts(blocks, experts);
        if (experts == 1 && architecture.startsWith("hunyuan")) {
            return 0; // These files say 1 for a dense model.
        }
        if (experts > 0 && used == 0) {
            throw new GgufFormatException(key("expert_used_count"), used, "1 to " + experts);
        }
        requireGroups(experts);
        return (int) experts;
    }

    private long usedExperts(int blocks, long experts) throws IOException {
        String key = key("expert_used_count");
        if (!metadata.isArray(key)) {
            return metadata.whole(key, 0, experts).orElse(0);
        }
        GgufValue.Elements array =
                metadata.array(key, GgufValueType.UINT32, GgufValueType.INT32).orElseThrow();
        if (array.count() != blocks) {
            throw new GgufFormatException(key, array, blocks + " elements, one per block");
        }
        long used = arrays.integers(key, array).stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        return Metadata.inRange(key, used, 0, experts);
    }

    private void requireGroups(long experts) throws GgufFormatException {
        long groups = metadata.whole(key("expert_group_count"), 0, Math.max(0, experts - 1))
                .orElse(0);
        long used =
                metadata.whole(key("expert_group_used_count"), 0, MAX_EXPERTS).orElse(0);
        if (groups > 1) {
            if (experts % groups != 0) {
                throw new GgufFormatException(
                        key("expert_group_count"), groups, "a divisor of the " + experts + " experts");
            }
            Metadata.inRange(key("expert_group_used_count"), used, 1, groups - 1);
        }
    }

    private String key(String name) {
        return architecture + "." + name;
    }
}
