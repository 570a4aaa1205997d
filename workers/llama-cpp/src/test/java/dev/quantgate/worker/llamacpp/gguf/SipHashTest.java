package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SipHashTest {
    private static final SipHash HASH = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    @Test
    void agreesWithThePublishedVectors() {
        byte[] bytes = new byte[64];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        assertThat(HASH.hash(bytes, 0, 0)).isEqualTo(0xabac0158050fc4dcL);
        assertThat(HASH.hash(bytes, 0, 1)).isEqualTo(0xc9f49bf37d57ca93L);
        assertThat(HASH.hash(bytes, 0, 8)).isEqualTo(0x369095118d299a8eL);
    }

    @Test
    void differsWithEachByteAndWithTheLength() {
        byte[] bytes = new byte[40];
        Set<Long> hashes = new HashSet<>();
        for (int length = 0; length <= bytes.length; length++) {
            hashes.add(HASH.hash(bytes, 0, length));
        }
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] = 1;
            hashes.add(HASH.hash(changed, 0, changed.length));
        }
        assertThat(hashes).hasSize(81);
    }

    @Test
    void dependsOnTheKeyAndNotOnThePlace() {
        byte[] bytes = "..token..".getBytes(StandardCharsets.UTF_8);
        byte[] token = "token".getBytes(StandardCharsets.UTF_8);
        assertThat(HASH.hash(bytes, 2, 5)).isEqualTo(HASH.hash(token, 0, 5));
        assertThat(new SipHash(1, 2).hash(token, 0, 5)).isNotEqualTo(HASH.hash(token, 0, 5));
    }
}
