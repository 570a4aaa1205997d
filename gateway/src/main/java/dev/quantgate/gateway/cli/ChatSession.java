package dev.quantgate.gateway.cli;

import dev.quantgate.v1.ChatMessage;
import dev.quantgate.v1.ChatRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A conversation with a model: keeps the messages and streams each answer to the console. */
final class ChatSession {
    private final InferenceServiceGrpc.InferenceServiceBlockingStub stub;
    private final Console console;
    private final ChatRequest settings;
    private final boolean timings;
    private final List<ChatMessage> messages = new ArrayList<>();

    /** The settings are a request without messages. */
    ChatSession(Channel channel, Console console, ChatRequest settings, String system, boolean timings) {
        this.stub = InferenceServiceGrpc.newBlockingStub(channel);
        this.console = console;
        this.settings = settings;
        this.timings = timings;
        if (!system.isEmpty()) {
            messages.add(message("system", system));
        }
    }

    /** Asks once and streams the answer. */
    void ask(String prompt) {
        messages.add(message("user", prompt));
        var request = settings.toBuilder().addAllMessages(messages).build();
        var answer = new StringBuilder();
        var responses = stub.chat(request);
        while (responses.hasNext()) {
            var response = responses.next();
            if (console.json()) {
                console.message(response);
            }
            switch (response.getEventCase()) {
                case DELTA -> {
                    answer.append(response.getDelta().getContent());
                    if (!console.json()) {
                        console.print(response.getDelta().getContent());
                    }
                }
                case COMPLETION -> {
                    if (!console.json()) {
                        console.line("");
                        if (timings) {
                            console.note(Timing.describe(response.getCompletion()));
                        }
                    }
                }
                case EVENT_NOT_SET -> console.note("an empty message was ignored");
            }
        }
        messages.add(message("assistant", answer.toString()));
    }

    /** Reads prompts from standard input until its end or {@code /bye}. */
    void talk() throws IOException {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        console.note("Type a message; /bye or Ctrl-D ends.");
        while (true) {
            if (!console.json()) {
                console.print("> ");
            }
            var line = input.readLine();
            if (line == null || line.strip().equals("/bye")) {
                return;
            }
            if (!line.isBlank()) {
                askOrExplain(line);
            }
        }
    }

    /** What the gateway refuses, such as a message that does not fit, costs the message and not the conversation. */
    private void askOrExplain(String line) {
        var before = messages.size();
        try {
            ask(line);
        } catch (StatusRuntimeException refused) {
            if (refused.getStatus().getCode() == Status.Code.UNAVAILABLE) {
                throw refused;
            }
            messages.subList(before, messages.size()).clear();
            console.note("quantgate: " + RpcErrors.explain(refused).getMessage());
        }
    }

    private static ChatMessage message(String role, String content) {
        return ChatMessage.newBuilder().setRole(role).setContent(content).build();
    }
}
