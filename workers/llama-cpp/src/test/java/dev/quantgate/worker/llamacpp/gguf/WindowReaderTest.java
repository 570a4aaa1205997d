package dev.quantgate.worker.llamacpp.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WindowReaderTest {
    @Test
    void readsAcrossTheEdgeOfAWindow() throws Exception {
        int size = WindowReader.WINDOW_BYTES + 100;
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(WindowReader.WINDOW_BYTES - 3, 0x0102030405060708L);
        WindowReader reader = new WindowReader(new BytesSource(bytes.array()));
        reader.skip("skipped", WindowReader.WINDOW_BYTES - 3);
        assertThat(reader.i64("number")).isEqualTo(0x0102030405060708L);
        assertThat(reader.position()).isEqualTo(WindowReader.WINDOW_BYTES + 5);
        assertThat(reader.remaining()).isEqualTo(95);
    }

    @Test
    void copiesRunsLongerThanAWindow() throws Exception {
        byte[] bytes = new byte[3 * WindowReader.WINDOW_BYTES + 1];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ((i * 31) >>> 3);
        }
        WindowReader reader = new WindowReader(new BytesSource(bytes));
        reader.u8("first");
        byte[] copy = reader.bytes("run", bytes.length - 1);
        assertThat(copy).isEqualTo(Arrays.copyOfRange(bytes, 1, bytes.length));
    }

    @Test
    void movesBackAndForth() throws Exception {
        byte[] bytes = new byte[2 * WindowReader.WINDOW_BYTES];
        bytes[1] = 11;
        bytes[bytes.length - 1] = 22;
        WindowReader reader = new WindowReader(new BytesSource(bytes));
        reader.moveTo(bytes.length - 1);
        assertThat(reader.u8("last")).isEqualTo(22);
        reader.moveTo(1);
        assertThat(reader.u8("second")).isEqualTo(11);
    }

    @Test
    void namesTheFieldThatIsCutOff() {
        WindowReader reader = new WindowReader(new BytesSource(new byte[3]));
        assertThatThrownBy(() -> reader.i32("a.field"))
                .isInstanceOf(GgufFormatException.class)
                .hasMessageStartingWith("a.field: 4 bytes (expected: at most the 3 bytes left in the file");
    }
}
