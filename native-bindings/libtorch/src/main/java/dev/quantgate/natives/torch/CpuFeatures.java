package dev.quantgate.natives.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the processor can do that decides which kernels are fast; known without starting libtorch.
 *
 * @param bfloat16 whether it multiplies bfloat16 matrices itself; without that libtorch does so slower than in float32
 * @param int8DotProduct whether it adds products of int8 without saturating in between; without that, kernels add pairs of
 *     them in 16 bits, and activations in the full range of 8 bits overflow
 */
public record CpuFeatures(boolean bfloat16, boolean int8DotProduct) {

    private static final Set<String> BFLOAT16_FLAGS = Set.of("avx512_bf16", "amx_bf16", "bf16");
    private static final Set<String> INT8_DOT_PRODUCT_FLAGS = Set.of("avx512_vnni", "avx_vnni", "asimddp");
    private static final Pattern FLAGS = Pattern.compile("(?:flags|Features)\\s*:(.*)");

    /** The processor this runs on; where the kernel does not say, the least is assumed. */
    public static CpuFeatures current() {
        return Current.FEATURES;
    }

    /** Reads the text of {@code /proc/cpuinfo}. */
    static CpuFeatures parse(Stream<String> lines) {
        Set<String> flags = lines.map(FLAGS::matcher)
                .filter(line -> line.matches())
                .findFirst()
                .map(line -> Stream.of(line.group(1).strip().split("\\s+", -1)).collect(Collectors.toSet()))
                .orElse(Set.of());
        return new CpuFeatures(
                !Collections.disjoint(flags, BFLOAT16_FLAGS), !Collections.disjoint(flags, INT8_DOT_PRODUCT_FLAGS));
    }

    /** Read once, at first use. */
    private static final class Current {
        static final CpuFeatures FEATURES = read();

        private static CpuFeatures read() {
            try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
                return parse(lines);
            } catch (IOException e) {
                return new CpuFeatures(false, false);
            }
        }
    }
}
