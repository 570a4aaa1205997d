package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;

/** What the tests of faults share: a sound small file to plant them in, and the question whether it is refused. */
final class Verification {
    private Verification() {}

    /** One block, 8 wide, 261 tokens, F32. */
    static GgufBytes soundFile() {
        return TinyGguf.llama()
                .width(8)
                .heads(4, 1)
                .feedForward(8)
                .layers(1)
                .vocabulary(261)
                .contextTokens(64)
                .type(GgmlType.F32)
                .file();
    }

    static GgufInfo verify(GgufBytes file) throws IOException {
        return verify(file.build());
    }

    static GgufInfo verify(byte[] bytes) throws IOException {
        return GgufVerifier.verify(new BytesSource(bytes), Limits.DEFAULT);
    }

    static void assertRefused(GgufBytes file, String field, String value, String expected) {
        assertRefused(file.build(), field, value, expected);
    }

    static void assertRefused(byte[] bytes, String field, String value, String expected) {
        assertThatThrownBy(() -> verify(bytes))
                .isInstanceOf(GgufFormatException.class)
                .hasMessageStartingWith(field + ": ")
                .hasMessageContaining(value)
                .hasMessageContaining("(expected: " + expected);
    }
}
