package dev.quantgate.worker.llamacpp.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopMatcherTest {

    @Test
    void findsAStopThatCrossesPieces() {
        var matcher = new StopMatcher(List.of("</end>"));

        assertThat(matcher.push("text </")).isEqualTo("text ");
        assertThat(matcher.push("en")).isEmpty();
        assertThat(matcher.push("d> more")).isEmpty();
        assertThat(matcher.match()).isEqualTo("</end>");
    }

    @Test
    void releasesWhatTurnsOutNotToBeAStop() {
        var matcher = new StopMatcher(List.of("</end>"));

        assertThat(matcher.push("a </e")).isEqualTo("a ");
        assertThat(matcher.push("m>")).isEqualTo("</em>");
        assertThat(matcher.matched()).isFalse();
    }

    @Test
    void holdsNothingBackWithoutNeed() {
        var matcher = new StopMatcher(List.of("\n\n"));

        assertThat(matcher.push("line")).isEqualTo("line");
        assertThat(matcher.push("\n")).isEmpty();
        assertThat(matcher.flush()).isEqualTo("\n");
    }

    @Test
    void theFirstOfSeveralWins() {
        var matcher = new StopMatcher(List.of("later", "soon"));

        assertThat(matcher.push("it comes soon or later")).isEqualTo("it comes ");
        assertThat(matcher.match()).isEqualTo("soon");
    }

    @Test
    void overlappingBeginningsAreKept() {
        var matcher = new StopMatcher(List.of("aab"));

        assertThat(matcher.push("aa")).isEmpty();
        assertThat(matcher.push("a")).isEqualTo("a");
        assertThat(matcher.push("b")).isEmpty();
        assertThat(matcher.matched()).isTrue();
    }

    @Test
    void anyCutGivesWhatTheWholeTextGives() {
        var random = new Random(3);
        for (int round = 0; round < 2000; round++) {
            var text = random(random, 30);
            var stops = List.of(random(random, 3), random(random, 2));
            var first = stops.stream()
                    .filter(text::contains)
                    .min(Comparator.<String>comparingInt(stop -> text.indexOf(stop) + stop.length())
                            .thenComparingInt(text::indexOf))
                    .map(text::indexOf)
                    .orElse(text.length());
            var matcher = new StopMatcher(stops);
            var result = new StringBuilder();
            for (int at = 0; at < text.length() && !matcher.matched(); ) {
                var to = Math.min(text.length(), at + 1 + random.nextInt(3));
                result.append(matcher.push(text.substring(at, to)));
                at = to;
            }
            if (!matcher.matched()) {
                result.append(matcher.flush());
            }
            assertThat(result).hasToString(text.substring(0, first));
        }
    }

    private static String random(Random random, int length) {
        var text = new StringBuilder();
        for (int i = 0; i <= random.nextInt(length); i++) {
            text.append((char) ('a' + random.nextInt(2)));
        }
        return text.toString();
    }
}
