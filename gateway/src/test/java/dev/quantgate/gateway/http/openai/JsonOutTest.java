package dev.quantgate.gateway.http.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonOutTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "\"quoted\" \\ /",
                "tab\tline\nreturn\r",
                "\u0000\u001f\u007f",
                "é ß",
                "漢字",
                "😀x",
                "\u2028"
            })
    void aStringReadsBackAsItWas(String text) {
        var json = new JsonOut().raw("{\"text\":").string(text).raw("}").take().toString();

        assertThat(new JsonObject(json).getString("text")).isEqualTo(text);
    }

    @Test
    void halfACharacterBecomesTheReplacementCharacter() {
        assertThat(new JsonOut().string("a\ud83d").take().toString()).isEqualTo("\"a\ufffd\"");
        assertThat(new JsonOut().string("\ude00b").take().toString()).isEqualTo("\"\ufffdb\"");
    }

    @Test
    void whatWasTakenIsGone() {
        var out = new JsonOut().raw("1");
        var first = out.take();

        assertThat(out.isEmpty()).isTrue();
        assertThat(out.raw("2").take().toString()).isEqualTo("2");
        assertThat(first.toString()).isEqualTo("1");
    }

    @Test
    void theBufferGrows() {
        var out = new JsonOut();
        for (int i = 0; i < 1000; i++) {
            out.string("0123456789");
        }

        assertThat(out.take().length()).isEqualTo(12_000);
    }

    @Test
    void whatJsonHasNoNumberForIsReplaced() {
        var out = new JsonOut().logprob(Float.NEGATIVE_INFINITY).raw(",").logprob(Float.NaN);
        out.raw(",").number(Float.POSITIVE_INFINITY).raw(",").number(0.5f);

        assertThat(out.take().toString()).isEqualTo("-9999.0,-9999.0,0,0.5");
    }
}
