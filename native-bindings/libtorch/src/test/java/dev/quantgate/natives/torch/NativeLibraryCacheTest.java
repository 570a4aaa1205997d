package dev.quantgate.natives.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryCacheTest {

    @Test
    void unpacksOnceWithProgressAndRepairsATruncatedLibrary(@TempDir Path folder) throws IOException {
        NativeLibraryCache cache = new NativeLibraryCache(folder);
        List<Long> reports = new ArrayList<>();

        long written = cache.unpack((library, done, total) -> reports.add(done));

        assertThat(written).isGreaterThan(300_000_000L);
        assertThat(reports).isSorted().endsWith(written);
        assertThat(cache.unpack(UnpackProgress.NONE)).isZero();
        Path torchLibrary;
        try (Stream<Path> files = Files.walk(folder)) {
            torchLibrary =
                    files.filter(f -> f.endsWith("libc10.so")).findFirst().orElseThrow();
        }
        Files.write(torchLibrary, new byte[10]);
        assertThat(cache.unpack(UnpackProgress.NONE)).isBetween(1L, 10_000_000L);
        assertThat(Files.size(torchLibrary)).isGreaterThan(1_000_000L);
    }
}
