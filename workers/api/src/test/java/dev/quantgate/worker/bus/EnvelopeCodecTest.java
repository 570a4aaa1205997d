package dev.quantgate.worker.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.bus.v1.WireBus.Cancel;
import dev.quantgate.bus.v1.WireBus.Envelope;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class EnvelopeCodecTest {
    private final EnvelopeCodec codec = new EnvelopeCodec();
    private final Envelope envelope = Envelope.newBuilder()
            .setCancel(Cancel.newBuilder().setReplyAddress("gateway").setId(Long.MAX_VALUE))
            .build();

    @Test
    void envelopesSurviveTheWireInTheMidstOfOtherBytes() {
        var buffer = Buffer.buffer("before");
        codec.encodeToWire(buffer, envelope);
        buffer.appendString("behind");

        assertThat(codec.decodeFromWire(6, buffer)).isEqualTo(envelope);
    }

    @Test
    void envelopesAreNotCopiedInsideAProcess() {
        assertThat(codec.transform(envelope)).isSameAs(envelope);
    }

    @Test
    void otherBytesAreRefused() {
        var buffer = Buffer.buffer().appendInt(2).appendByte((byte) 0x0a).appendByte((byte) 0x7f);

        assertThatThrownBy(() -> codec.decodeFromWire(0, buffer)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void registeringTwiceIsFine() throws Exception {
        var vertx = Vertx.vertx();
        EnvelopeCodec.register(vertx);
        EnvelopeCodec.register(vertx);

        LocalBus.await(vertx.close());
    }
}
