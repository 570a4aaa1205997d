package dev.quantgate.bench.soak;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a soak found.
 *
 * @param machine what it ran on
 * @param minutes how long
 * @param clients how many
 * @param tally what the clients counted
 * @param samples the process under load, each second
 * @param before the process before the load
 * @param after the process when nothing ran any more
 * @param settled whether everything ended when the clients had gone
 * @param heapBeforeMib live heap before
 * @param heapAfterMib live heap after
 */
record SoakReport(
        String machine,
        double minutes,
        int clients,
        Tally tally,
        List<ServerWatch.Sample> samples,
        ServerWatch.Sample before,
        ServerWatch.Sample after,
        boolean settled,
        double heapBeforeMib,
        double heapAfterMib) {
    /** The first part of a run compiles code and fills pools: its growth says nothing. */
    private static final double WARM_UP = 0.4;
    /** What the memory may move by in the rest of a run. */
    private static final double MOST_GROWTH_MIB = 24;

    /** A run shorter than this is all warm-up, and too short for every rare behaviour to come up. */
    private static final double BRIEF_MINUTES = 2;

    private static final double MOST_GROWTH_OF_BRIEF_MIB = 128;

    private static final double MOST_HEAP_GROWTH_MIB = 8;
    /** Pools may have a few more threads and connections than before the first load. */
    private static final int SLACK = 8;

    /** One line: what was looked at, what came out, whether that is right. */
    private record Line(String name, double value, String unit, String expected, boolean right) {}

    private List<Line> lines() {
        var rest = samples.subList((int) (samples.size() * WARM_UP), samples.size());
        var slope = ServerWatch.slopeMibPerMinute(rest);
        var span = rest.isEmpty()
                ? 0
                : (rest.get(rest.size() - 1).second() - rest.get(0).second()) / 60;
        var growth = slope * span;
        var lines = new ArrayList<Line>();
        var brief = minutes < BRIEF_MINUTES;
        for (var behaviour : Behaviour.values()) {
            var least = brief && behaviour != Behaviour.READ ? 0 : 1;
            var answers = tally.answers(behaviour);
            var name = "answers_" + behaviour.name().toLowerCase(Locale.ROOT);
            lines.add(new Line(name, answers, "", ">= " + least, answers >= least));
        }
        lines.add(new Line("tokens_per_s", tally.tokens() / (minutes * 60), "tokens/s", "> 0", tally.tokens() > 0));
        lines.add(new Line("wrong_answers", tally.faultCount(), "", "0", tally.faultCount() == 0));
        lines.add(new Line("settled", settled ? 1 : 0, "", "1", settled));
        lines.add(new Line("rss_slope", slope, "MiB/min", "", true));
        var most = brief ? MOST_GROWTH_OF_BRIEF_MIB : MOST_GROWTH_MIB;
        lines.add(new Line("rss_growth", growth, "MiB", "<= " + most, growth <= most));
        lines.add(new Line(
                "rss_max",
                samples.stream()
                        .mapToDouble(ServerWatch.Sample::residentMib)
                        .max()
                        .orElse(0),
                "MiB",
                "",
                true));
        var heap = heapAfterMib - heapBeforeMib;
        lines.add(
                new Line("live_heap_growth", heap, "MiB", "<= " + MOST_HEAP_GROWTH_MIB, heap <= MOST_HEAP_GROWTH_MIB));
        var files = after.files() - before.files();
        lines.add(new Line("open_files_growth", files, "", "<= " + SLACK, files <= SLACK));
        lines.add(new Line(
                "open_files_max",
                samples.stream().mapToInt(ServerWatch.Sample::files).max().orElse(0),
                "",
                "",
                true));
        var threads = after.threads() - before.threads();
        lines.add(new Line("threads_growth", threads, "", "<= " + SLACK, threads <= SLACK));
        lines.add(new Line(
                "threads_max",
                samples.stream().mapToInt(ServerWatch.Sample::threads).max().orElse(0),
                "",
                "",
                true));
        return lines;
    }

    boolean passed() {
        return lines().stream().allMatch(Line::right);
    }

    String table() {
        var text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT, "soak of %.1f minutes with %d clients on %s%n%n", minutes, clients, machine));
        text.append(String.format(
                "| %-20s | %10s | %-8s | %-9s |    |%n|---|---|---|---|---|%n", "what", "found", "unit", "expected"));
        for (var line : lines()) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %-20s | %10.2f | %-8s | %-9s | %-2s |%n",
                    line.name(),
                    line.value(),
                    line.unit(),
                    line.expected(),
                    line.right() ? "" : "!!"));
        }
        tally.faults().forEach(fault -> text.append("wrong: ").append(fault).append('\n'));
        return text.toString();
    }

    String json() throws IOException {
        var text = new StringWriter();
        try (var json = new JsonFactory().createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField("suite", "soak");
            json.writeStringField("machine", machine);
            json.writeNumberField("minutes", minutes);
            json.writeNumberField("clients", clients);
            json.writeBooleanField("passed", passed());
            json.writeObjectFieldStart("figures");
            for (var line : lines()) {
                json.writeNumberField(line.name(), Math.round(line.value() * 1000) / 1000.0);
            }
            json.writeEndObject();
            json.writeArrayFieldStart("wrong");
            for (var fault : tally.faults()) {
                json.writeString(fault);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }
}
