package dev.quantgate.gateway.grpc;

import com.google.protobuf.Message;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.WireFormat;
import java.io.IOException;
import java.util.function.Supplier;

/** Reads the request messages of one method. The message class is first touched when the first call arrives. */
final class RequestReader<Q extends Message> implements GrpcMessageDecoder<Q> {
    private final Supplier<Q> prototype;

    RequestReader(Supplier<Q> prototype) {
        this.prototype = prototype;
    }

    /** Reads one message. @throws RefusedException if it is damaged, too large, or compressed in an unknown way */
    Q read(GrpcMessage message, int maxMessageBytes) {
        try {
            return switch (message.encoding()) {
                case "identity" -> decode(message);
                case "gzip" ->
                    decode(GrpcMessage.message(
                            "identity", message.format(), Gunzip.expand(message.payload(), maxMessageBytes)));
                default -> throw RefusedException.compression();
            };
        } catch (Gunzip.TooLargeException tooLarge) {
            throw RefusedException.tooLarge(maxMessageBytes);
        } catch (CodecException | IOException malformed) {
            throw RefusedException.malformed();
        }
    }

    @Override
    public Q decode(GrpcMessage message) throws CodecException {
        return GrpcMessageDecoder.<Q>decoder(prototype.get()).decode(message);
    }

    @Override
    public boolean accepts(WireFormat format) {
        return format == WireFormat.PROTOBUF;
    }
}
