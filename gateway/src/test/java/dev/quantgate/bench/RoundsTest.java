package dev.quantgate.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RoundsTest {
    private static final Metric METRIC = Metric.higher("m", "1");

    private final List<String> turns = new ArrayList<>();

    @Test
    void contendersTakeTurnsAndEachRoundStartsWithAnother() throws Exception {
        var unused = rounds(0, 2).play(List.of(new Recorder("a"), new Recorder("b")));

        assertThat(turns).containsExactly("b1", "a1", "a2", "b2");
    }

    @Test
    void warmUpsAreNotReadings() throws Exception {
        var a = new Recorder("a");

        var readings = rounds(2, 1).play(List.of(a));

        assertThat(turns).containsExactly("a0", "a-1", "a1");
        assertThat(readings.of(a, METRIC)).containsExactly(1);
    }

    @Test
    void twoRoundsArePlayedWhateverTheyTakeAndMoreWhileThereIsTime() throws Exception {
        var hurried = new Rounds(0, 5, Duration.ZERO, Duration.ZERO, line -> {});

        var unused = hurried.play(List.of(new Recorder("a")));

        assertThat(turns).containsExactly("a1", "a2");
    }

    @Test
    void aMetricThatWasNotMeasuredIsAnError() throws Exception {
        var a = new Recorder("a");
        var readings = rounds(0, 1).play(List.of(a));

        assertThatThrownBy(() -> readings.of(a, Metric.lower("other", "1"))).hasMessage("a did not measure other");
    }

    private static Rounds rounds(int warmUps, int count) {
        return new Rounds(warmUps, count, Duration.ZERO, Duration.ofHours(1), line -> {});
    }

    private final class Recorder implements Contender {
        private final String name;

        private Recorder(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Map<String, Double> measure(int round) {
            turns.add(name + round);
            return Map.of(METRIC.name(), (double) round);
        }
    }
}
