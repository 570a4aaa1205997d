package dev.quantgate.bench.soak;

import dev.quantgate.bench.process.Store;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client of the OpenAI API with a socket for each call, so that it can behave as badly as it likes. */
final class HttpSoakClient implements SoakClient {
    private static final String DATA = "data: ";
    /** Little, so that the gateway notices who does not read. */
    private static final int RECEIVE_BYTES = 4096;

    private final int port;

    HttpSoakClient(int port) {
        this.port = port;
    }

    @Override
    public Answer ask(Task task, Behaviour behaviour, int parts) throws Exception {
        try (var socket = new Socket()) {
            socket.setReceiveBufferSize(RECEIVE_BYTES);
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.getOutputStream().write(request(body(task)));
            return read(socket, behaviour, parts);
        }
    }

    /** Lines of server-sent events stand whole in chunks of the transfer coding, whose own lines are passed over. */
    private static Answer read(Socket socket, Behaviour behaviour, int parts) throws Exception {
        var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        var status = lines.readLine();
        if (status == null || !status.contains(" 200 ")) {
            throw new IOException("status: " + status);
        }
        var text = new StringBuilder();
        var usage = Answer.UNKNOWN;
        int read = 0;
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals(DATA + "[DONE]")) {
                if (usage == Answer.UNKNOWN) {
                    throw new IOException("the stream ended without its usage");
                }
                return new Answer(text.toString(), Answer.UNKNOWN, usage);
            }
            if (!line.startsWith(DATA)) {
                continue;
            }
            var event = new JsonObject(line.substring(DATA.length()));
            if (event.containsKey("error")) {
                throw new IOException("the stream ended with " + event.getValue("error"));
            }
            text.append(textOf(event));
            var counted = event.getJsonObject("usage");
            usage = counted == null ? usage : counted.getInteger("completion_tokens");
            if (read++ == parts && behaviour != Behaviour.READ) {
                if (behaviour == Behaviour.STALL) {
                    Thread.sleep(STALL.toMillis());
                    continue;
                }
                if (behaviour == Behaviour.VANISH) {
                    // Closing then resets the connection instead of ending it.
                    socket.setSoLinger(true, 0);
                }
                return new Answer(text.toString(), Answer.UNKNOWN, Answer.UNKNOWN);
            }
        }
        throw new IOException("the stream ended without [DONE] after " + text.length() + " characters");
    }

    private static String textOf(JsonObject event) {
        var choices = event.getJsonArray("choices");
        return choices.isEmpty() ? "" : choices.getJsonObject(0).getString("text", "");
    }

    private static String body(Task task) {
        return new JsonObject()
                .put("model", Store.MODEL)
                .put("prompt", task.prompt())
                .put("max_tokens", task.maxTokens())
                .put("ignore_eos", true)
                .put("temperature", 0)
                .put("stream", true)
                .put("stream_options", new JsonObject().put("include_usage", true))
                .encode();
    }

    private static byte[] request(String body) {
        var length = body.getBytes(StandardCharsets.UTF_8).length;
        return ("POST /v1/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                        + "content-type: application/json\r\ncontent-length: " + length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {}
}
