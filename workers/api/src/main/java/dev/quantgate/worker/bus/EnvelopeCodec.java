package dev.quantgate.worker.bus;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.quantgate.bus.v1.WireBus.Envelope;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** Carries envelopes: as they are inside a process, for they are immutable, and as protobuf bytes between processes. */
final class EnvelopeCodec implements MessageCodec<Envelope, Envelope> {
    private static final String NAME = "quantgate.bus.v1";

    EnvelopeCodec() {}

    /** Makes {@code vertx} carry envelopes; does nothing the second time. */
    static void register(Vertx vertx) {
        vertx.sharedData().<String, Boolean>getLocalMap(NAME).computeIfAbsent(NAME, name -> {
            vertx.eventBus().registerDefaultCodec(Envelope.class, new EnvelopeCodec());
            return true;
        });
    }

    @Override
    public void encodeToWire(Buffer buffer, Envelope envelope) {
        buffer.appendInt(envelope.getSerializedSize()).appendBytes(envelope.toByteArray());
    }

    @Override
    public Envelope decodeFromWire(int position, Buffer buffer) {
        var start = position + Integer.BYTES;
        try {
            return Envelope.parseFrom(buffer.getBytes(start, start + buffer.getInt(position)));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("a message on the bus is not an envelope", e);
        }
    }

    @Override
    public Envelope transform(Envelope envelope) {
        return envelope;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
