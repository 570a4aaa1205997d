package dev.quantgate.gateway.cli;

import dev.quantgate.gateway.testing.TestGateway;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of the command line inside the test's process.
 *
 * @param code exit code
 * @param out what was written to standard output
 * @param err what was written to standard error
 */
record CliRun(int code, String out, String err) {
    /** Runs a command that talks to {@code gateway}. */
    static CliRun at(TestGateway gateway, String... arguments) {
        return typing("", gateway, arguments);
    }

    /** Like {@link #at}, with a standard input. */
    static CliRun typing(String input, TestGateway gateway, String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--endpoint=127.0.0.1:" + gateway.port());
        return run(input, all.toArray(String[]::new));
    }

    static CliRun of(String... arguments) {
        return run("", arguments);
    }

    /** Runs a command whose reader hangs up at once. */
    static CliRun unread(TestGateway gateway, String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--endpoint=127.0.0.1:" + gateway.port());
        return run("", new ClosedPipe(), all.toArray(String[]::new));
    }

    private static CliRun run(String input, String... arguments) {
        return run(input, new ByteArrayOutputStream(), arguments);
    }

    private static synchronized CliRun run(String input, ByteArrayOutputStream printed, String... arguments) {
        var in = System.in;
        var out = System.out;
        var err = System.err;
        var noted = new ByteArrayOutputStream();
        try {
            System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(noted, true, StandardCharsets.UTF_8));
            var code = Quantgate.commandLine().execute(arguments);
            return new CliRun(code, printed.toString(StandardCharsets.UTF_8), noted.toString(StandardCharsets.UTF_8));
        } finally {
            System.setIn(in);
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** A pipe whose other end is closed. */
    private static final class ClosedPipe extends ByteArrayOutputStream {
        @Override
        public void flush() throws IOException {
            throw new IOException("Broken pipe");
        }
    }

    /** Standard output as one JSON document a line; fails if it is anything else. */
    List<JsonObject> json() {
        return out.lines().map(JsonObject::new).toList();
    }
}
