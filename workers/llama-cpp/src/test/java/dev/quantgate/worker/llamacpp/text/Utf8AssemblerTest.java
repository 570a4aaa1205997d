package dev.quantgate.worker.llamacpp.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8AssemblerTest {
    private final Utf8Assembler assembler = new Utf8Assembler();

    private static byte[] bytes(int... values) {
        var bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void holdsBackAnIncompleteCharacter() {
        assertThat(assembler.push(bytes('a', 0xf0, 0x9f))).isEqualTo("a");
        assertThat(assembler.push(bytes(0x98))).isEmpty();
        assertThat(assembler.push(bytes(0x80, 'b'))).isEqualTo("😀b");
        assertThat(assembler.isEmpty()).isTrue();
    }

    @Test
    void replacesWhatCanNeverBecomeACharacter() {
        assertThat(assembler.push(bytes(0xff, 'a', 0x80))).isEqualTo("\ufffda\ufffd");
        assertThat(assembler.push(bytes(0xc0))).isEqualTo("\ufffd");
        assertThat(assembler.push(bytes(0xed, 0xa0))).doesNotContain("\ud800").isNotEmpty();
    }

    @Test
    void anyCutOfATextGivesTheText() {
        var text = "Grüße, 世界! 😀 é ẞ 👩‍👩‍👧 \u0000 end";
        var all = text.getBytes(StandardCharsets.UTF_8);
        var random = new Random(7);
        for (int round = 0; round < 500; round++) {
            var result = new StringBuilder();
            for (int at = 0; at < all.length; ) {
                var to = Math.min(all.length, at + random.nextInt(5));
                result.append(assembler.push(Arrays.copyOfRange(all, at, to)));
                at = to;
            }
            assertThat(result).hasToString(text);
        }
    }
}
