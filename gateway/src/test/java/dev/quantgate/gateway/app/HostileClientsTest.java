package dev.quantgate.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.Eventually;
import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.RawHttp;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.TestGateway;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that speak badly, slowly or without end; the gateway serves the others meanwhile. */
@Timeout(120)
final class HostileClientsTest {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;

    private final FakeWorker worker = new FakeWorker("w1").with(Records.model("smol"), "smol:source");
    private final TestGateway gateway =
            TestGateway.over(new FakeDirectory(worker), Map.of("server.body_timeout", "500ms"));
    private final RawHttp http = new RawHttp(gateway.port(), HttpVersion.HTTP_1_1);

    @AfterEach
    void close() {
        http.close();
        gateway.close();
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
        socket.setSoTimeout(60_000);
        return socket;
    }

    /** Everything the gateway still says before it closes the connection; a reset counts as closed. */
    private static String untilClosed(Socket socket) {
        var said = new ByteArrayOutputStream();
        try {
            for (int next = socket.getInputStream().read();
                    next >= 0;
                    next = socket.getInputStream().read()) {
                said.write(next);
            }
        } catch (java.net.SocketTimeoutException open) {
            throw new AssertionError("the connection stayed open", open);
        } catch (IOException reset) {
            // Closed all the same.
        }
        return said.toString(StandardCharsets.ISO_8859_1);
    }

    /** A gateway that closes before it has read everything may lose its own last words. */
    private static void assertRefused(String said, String status) {
        assertThat(said.isEmpty() || said.startsWith(status)).as(said).isTrue();
    }

    private void assertServesOthers() {
        assertThat(http.get("/readyz").status()).isEqualTo(200);
        assertThat(gateway.gateway().runningCalls()).isZero();
    }

    @Test
    void hugeHeadersAreRefused() throws Exception {
        try (var socket = connect()) {
            socket.getOutputStream()
                    .write(("GET /readyz HTTP/1.1\r\nhost: x\r\nx: " + "y".repeat(1 << 20) + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertRefused(untilClosed(socket), "HTTP/1.1 431");
        } catch (IOException resetWhileWriting) {
            // The gateway need not read what it refuses.
        }
        assertServesOthers();
    }

    @Test
    void clientsThatNeverEndTheirHeadersDisturbNobody() throws Exception {
        var silent = new ArrayList<Socket>();
        for (int i = 0; i < 500; i++) {
            var socket = connect();
            socket.getOutputStream().write("GET /readyz HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            silent.add(socket);
        }

        assertServesOthers();
        for (var socket : silent) {
            socket.close();
        }
    }

    @Test
    void whoDripsABodyIsHungUpOn() throws Exception {
        try (var socket = connect()) {
            socket.getOutputStream()
                    .write(("POST /models/quantize HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                                    + "content-length: 1000\r\n\r\n{")
                            .getBytes(StandardCharsets.US_ASCII));

            untilClosed(socket);
        }
        assertServesOthers();
    }

    @Test
    void bytesThatAreNoHttpAreRefused() throws Exception {
        try (var socket = connect()) {
            socket.getOutputStream().write("these are no words of HTTP\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertRefused(untilClosed(socket), "HTTP/1.0 400");
        }
        assertServesOthers();
    }

    @Test
    void aFloodOfResetsEndsItsConnectionAlone() throws Exception {
        try (var socket = connect()) {
            var out = http2(socket);
            try {
                for (int stream = 1; stream < 40_000; stream += 2) {
                    // :method GET, :scheme http, :path /, each from HPACK's static table.
                    frame(out, HEADERS, 0x5, stream, new byte[] {(byte) 0x82, (byte) 0x86, (byte) 0x84});
                    frame(out, RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
                }
                out.flush();
            } catch (IOException hungUp) {
                // It did not wait for the end of the flood.
            }
            untilClosed(socket);
        }
        Eventually.assertTrue("the flood is over", () -> gateway.gateway().runningCalls() == 0);
        assertServesOthers();
    }

    @Test
    void aFloodOfPingsThatNobodyReadsEndsItsConnectionAlone() throws Exception {
        try (var socket = connect()) {
            var out = http2(socket);
            var hungUp = false;
            try {
                for (int i = 0; i < 3_000_000; i++) {
                    frame(out, PING, 0, 0, new byte[8]);
                }
            } catch (IOException closed) {
                hungUp = true;
            }
            assertThat(hungUp).isTrue();
        }
        assertServesOthers();
    }

    private static OutputStream http2(Socket socket) throws IOException {
        var out = new java.io.BufferedOutputStream(socket.getOutputStream(), 1 << 16);
        out.write(PREFACE);
        frame(out, SETTINGS, 0, 0, new byte[0]);
        return out;
    }

    private static void frame(OutputStream out, int type, int flags, int stream, byte[] payload) throws IOException {
        out.write(new byte[] {
            0,
            0,
            (byte) payload.length,
            (byte) type,
            (byte) flags,
            (byte) (stream >>> 24),
            (byte) (stream >>> 16),
            (byte) (stream >>> 8),
            (byte) stream
        });
        out.write(payload);
    }
}
