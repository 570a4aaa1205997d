package dev.quantgate.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;

/** A report as JSON. */
final class ReportJson {
    private static final double KEPT_DIGITS = 1e4;

    private ReportJson() {}

    static String write(Report report) throws IOException {
        var text = new StringWriter();
        try (var json = new JsonFactory().createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField("suite", report.suite());
            json.writeStringField("machine", report.machine());
            json.writeArrayFieldStart("cases");
            for (var result : report.cases()) {
                write(json, result);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }

    private static void write(JsonGenerator json, CaseResult result) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", result.name());
        json.writeStringField("unit", result.unit());
        json.writeStringField("better", result.better().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("ours", rounded(result.ours()));
        json.writeNumberField("peer", rounded(result.peer()));
        json.writeStringField("peer_name", result.peerName());
        json.writeNumberField("ratio", rounded(result.ratio()));
        json.writeEndObject();
    }

    private static double rounded(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("value: " + value + " (expected: a finite number)");
        }
        return Math.round(value * KEPT_DIGITS) / KEPT_DIGITS;
    }
}
