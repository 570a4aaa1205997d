package dev.quantgate.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quantgate.bench.soak.ServerWatch.Sample;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The judges of a soak must be able to find something. */
final class SoakTest {
    private static final Answer REFERENCE = new Answer("one two three", 3, 3);

    @Test
    void theSameTextIsRight() {
        assertThat(new Answer("one two three", 3, 3).faultBeside(REFERENCE)).isEmpty();
        assertThat(new Answer("one two three", Answer.UNKNOWN, 3).faultBeside(REFERENCE))
                .isEmpty();
        assertThat(new Answer("one two", 2, Answer.UNKNOWN).faultBeside(REFERENCE))
                .isEmpty();
    }

    @Test
    void aLostARepeatedAndAChangedTokenAreFaults() {
        assertThat(new Answer("one three", 2, 2).faultBeside(REFERENCE)).contains("at character 5 of 13");
        assertThat(new Answer("one two two three", 4, 4).faultBeside(REFERENCE)).contains("at character 9 of 13");
        assertThat(new Answer("one too", 2, Answer.UNKNOWN).faultBeside(REFERENCE))
                .contains("not a beginning");
        assertThat(new Answer("one two three", 2, 3).faultBeside(REFERENCE)).contains("2 in parts");
        assertThat(new Answer("one two three", 4, 4).faultBeside(REFERENCE)).contains("expected: 3");
    }

    @Test
    void growthIsTheSlopeOfTheSamples() {
        var growing = IntStream.range(0, 60)
                .mapToObj(second -> new Sample(second, 100 + second / 2.0, 0, 0))
                .toList();
        var flat = List.of(new Sample(0, 7, 0, 0), new Sample(1, 7, 0, 0));

        assertThat(ServerWatch.slopeMibPerMinute(growing)).isCloseTo(30, within(1e-9));
        assertThat(ServerWatch.slopeMibPerMinute(flat)).isZero();
    }

    @Test
    void theLiveHeapIsTheSumOfTheGenerations() {
        var info = """
                1234:
                 def new generation   total 59008K, used 1024K [0x1, 0x2, 0x3)
                  eden space 52480K,   2% used [0x1, 0x2, 0x3)
                 tenured generation   total 131072K, used 3072K [0x1, 0x2, 0x3)
                 Metaspace       used 29123K, committed 29440K, reserved 1114112K
                """;

        assertThat(LiveHeap.parse(info)).isEqualTo(4);
        assertThatThrownBy(() -> LiveHeap.parse("1234:")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSoakThatFoundAFaultOrGrewDoesNotPass() {
        var calm = new Sample(0, 500, 40, 30);

        assertThat(report(tally(), calm, 20, true).passed()).isTrue();
        assertThat(report(tally(), new Sample(9, 500, 90, 30), 20, true).passed())
                .isFalse();
        assertThat(report(tally(), new Sample(9, 500, 40, 60), 20, true).passed())
                .isFalse();
        assertThat(report(tally(), calm, 60, true).passed()).isFalse();
        assertThat(report(tally(), calm, 20, false).passed()).isFalse();
        var faulty = tally();
        faulty.fault("another text");
        assertThat(report(faulty, calm, 20, true).passed()).isFalse();
        assertThat(report(faulty, calm, 20, true).table()).contains("!!").contains("wrong: another text");
    }

    private static Tally tally() {
        var tally = new Tally();
        for (var behaviour : Behaviour.values()) {
            tally.answer(behaviour, REFERENCE);
        }
        return tally;
    }

    private static SoakReport report(Tally tally, Sample after, double heapAfter, boolean settled) {
        var before = new Sample(0, 500, 40, 30);
        return new SoakReport(
                "a machine", 1, 16, tally, List.of(before, before, before), before, after, settled, 20, heapAfter);
    }
}
