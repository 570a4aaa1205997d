package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GgufFormatExceptionTest {
    @Test
    void readsAsFieldValueAndExpectation() {
        assertThat(new GgufFormatException("a.key", 7, "8")).hasMessage("a.key: 7 (expected: 8)");
    }

    @Test
    void escapesWhatWouldSpoilALog() {
        assertThat(GgufFormatException.printable("a\n\u001b[31m\u202e\ud800"))
                .isEqualTo("a\\u000a\\u001b[31m\\u202e\\ud800");
    }

    @Test
    void shortensLongText() {
        assertThat(GgufFormatException.printable("x".repeat(97))).isEqualTo("x".repeat(96) + "...");
    }
}
