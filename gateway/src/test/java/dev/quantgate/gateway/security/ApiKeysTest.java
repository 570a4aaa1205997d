package dev.quantgate.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ApiKeysTest {
    private static final String KEY = "correct-horse-battery";
    private static final String OTHER = "staple-horse-battery!";

    private final ApiKeys keys = ApiKeys.of(List.of(KEY, OTHER));

    @ParameterizedTest
    @ValueSource(strings = {"Bearer " + KEY, "bearer " + OTHER, "BEARER  " + KEY + " "})
    void eachKeyLetsIn(String header) {
        assertThat(keys.refusal(header)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer correct-horse-batter",
                "Bearer correct-horse-battery2",
                "Bearer CORRECT-HORSE-BATTERY",
                "Bearer",
                "Bearer " + KEY + "," + OTHER,
                "Basic correct-horse-battery",
                KEY,
            })
    void anythingElseDoesNot(String header) {
        assertThat(keys.refusal(header)).contains(ApiKeys.Refusal.INVALID);
    }

    @Test
    void whoShowsNothingIsToldWhatToShow() {
        assertThat(keys.refusal(null)).contains(ApiKeys.Refusal.MISSING);
        assertThat(keys.refusal(" ")).contains(ApiKeys.Refusal.MISSING);
    }

    @Test
    void withoutKeysEverybodyMayCall() {
        assertThat(ApiKeys.of(List.of()).refusal(null)).isEmpty();
        assertThat(ApiKeys.NONE.refusal("Bearer x")).isEmpty();
        assertThat(ApiKeys.NONE.areRequired()).isFalse();
    }

    @Test
    void nothingShowsAKey() {
        assertThat(keys).hasToString("2 (not shown)");
        assertThatThrownBy(() -> ApiKeys.of(List.of("too-short")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("too-short");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fifteen-letters", "with a space in it", "Schlüssel-mit-Umlaut"})
    void whatCannotBeAHeaderOrCanBeGuessedIsNoKey(String text) {
        assertThat(ApiKeys.isKey(text)).isFalse();
    }

    @Test
    void sameKeysAreEqualInAnyOrder() {
        assertThat(ApiKeys.of(List.of(OTHER, KEY, KEY))).isEqualTo(keys).hasSameHashCodeAs(keys);
        assertThat(ApiKeys.of(List.of(OTHER))).isNotEqualTo(keys);
    }
}
