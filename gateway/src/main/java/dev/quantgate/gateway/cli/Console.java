package dev.quantgate.gateway.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.quantgate.v1.Model;
import dev.quantgate.v1.OperationProgress;
import dev.quantgate.v1.QuantizeModelResponse;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** Where a command writes: text for people, or one JSON document (one for each line where it streams). */
final class Console {
    private final PrintWriter out = new PrintWriter(System.out, false, java.nio.charset.StandardCharsets.UTF_8);
    private final PrintWriter err = new PrintWriter(System.err, true, java.nio.charset.StandardCharsets.UTF_8);

    @Option(names = "--json", description = "Print JSON: one document, or one a line where the answer streams.")
    private boolean json;

    boolean json() {
        return json;
    }

    /** True if a person watches standard error, so that a moving line makes sense. */
    boolean interactive() {
        return !json && Terminal.isAttached();
    }

    void print(String text) {
        out.print(text);
        requireReader();
    }

    void line(String text) {
        out.println(text);
        requireReader();
    }

    /** Ends the command, and with it the work at the gateway, when whoever read the output has gone. */
    private void requireReader() {
        if (out.checkError()) {
            throw new CliException(ExitCodes.CANCELLED, "nobody reads the output any more");
        }
    }

    void note(String text) {
        err.println(text);
    }

    /** Rewrites the present line of standard error. */
    void status(String text) {
        err.print("\r\u001b[K" + text);
        err.flush();
    }

    void message(MessageOrBuilder message) {
        try {
            line(JsonFormat.printer()
                    .usingTypeRegistry(Types.REGISTRY)
                    .omittingInsignificantWhitespace()
                    .alwaysPrintFieldsWithNoPresence()
                    .print(message));
        } catch (InvalidProtocolBufferException unknownType) {
            throw new IllegalStateException("an answer holds a message of an unknown type", unknownType);
        }
    }

    /** Apart, because building the descriptors takes longer than a command that prints text. */
    private static final class Types {
        static final TypeRegistry REGISTRY = TypeRegistry.newBuilder()
                .add(OperationProgress.getDescriptor())
                .add(QuantizeModelResponse.getDescriptor())
                .add(Model.getDescriptor())
                .add(BadRequest.getDescriptor())
                .add(ErrorInfo.getDescriptor())
                .add(RetryInfo.getDescriptor())
                .build();
    }
}
