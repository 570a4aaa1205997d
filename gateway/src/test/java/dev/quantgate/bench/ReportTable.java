package dev.quantgate.bench;

import java.util.Locale;

/** A report as a table for people. */
final class ReportTable {
    private ReportTable() {}

    static String write(Report report) {
        var text = new StringBuilder();
        text.append(String.format("%s on %s%n%n", report.suite(), report.machine()));
        text.append(row("case", "unit", "ours", "peer", "peer is", "ratio"));
        text.append(String.format("|%s|%n", "---|".repeat(5) + "---"));
        for (var result : report.cases()) {
            text.append(row(
                    result.name(),
                    result.unit(),
                    number(result.ours()),
                    number(result.peer()),
                    result.peerName(),
                    String.format(Locale.ROOT, "%.3f", result.ratio())));
        }
        return text.toString();
    }

    private static String row(Object... cells) {
        return String.format("| %-44s | %-10s | %10s | %10s | %-22s | %7s |%n", cells);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%.1f", value);
    }
}
