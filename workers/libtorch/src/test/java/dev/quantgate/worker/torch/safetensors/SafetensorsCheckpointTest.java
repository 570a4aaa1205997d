package dev.quantgate.worker.torch.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.natives.torch.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsCheckpointTest {

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        write("model.safetensors", "w", 1.5f, -2f);

        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(folder)) {
            ByteBuffer data = checkpoint.map("w");
            assertThat(data.order(ByteOrder.LITTLE_ENDIAN).getFloat(0)).isEqualTo(1.5f);
            assertThat(data.getFloat(4)).isEqualTo(-2f);
            assertThat(checkpoint.metadata()).containsEntry("made", "here");
            assertThat(checkpoint.dataBytes()).isEqualTo(8);
        }
    }

    @Test
    void shardsAreFoundThroughTheIndex() throws IOException {
        write("a.safetensors", "w", 1f);
        write("b.safetensors", "v", 2f);
        index("{\"weight_map\":{\"w\":\"a.safetensors\",\"v\":\"b.safetensors\"}}");

        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(folder)) {
            assertThat(checkpoint.names()).containsExactlyInAnyOrder("v", "w");
        }
    }

    @Test
    void anIndexThatLeavesTheFolderIsRefused() throws IOException {
        index("{\"weight_map\":{\"w\":\"../a.safetensors\"}}");

        assertRefused("file name");
    }

    @Test
    void aMissingShardIsRefused() throws IOException {
        index("{\"weight_map\":{\"w\":\"a.safetensors\"}}");

        assertRefused("missing");
    }

    @Test
    void aTensorInTwoShardsIsRefused() throws IOException {
        write("a.safetensors", "w", 1f);
        write("b.safetensors", "w", 2f);
        index("{\"weight_map\":{\"w\":\"a.safetensors\",\"v\":\"b.safetensors\"}}");

        assertRefused("two shards");
    }

    @Test
    void anAbsurdHeaderLengthIsRefused() throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(Long.MAX_VALUE);
        Files.write(folder.resolve("model.safetensors"), bytes.array());

        assertRefused("header length");
    }

    @Test
    void aFileOfThreeBytesIsRefused() throws IOException {
        Files.write(folder.resolve("model.safetensors"), new byte[3]);

        assertRefused("3 bytes");
    }

    @Test
    void anUncommittedFileLeavesNothingBehind() throws IOException {
        try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("model.safetensors"))) {
            writer.declare("w", DType.FLOAT32, 1);
        }

        assertThat(folder).isEmptyDirectory();
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> SafetensorsCheckpoint.open(folder))
                .isInstanceOf(SafetensorsFormatException.class)
                .hasMessageContaining(message);
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }

    private void write(String file, String tensor, float... values) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve(file))) {
            writer.metadata("made", "here").declare(tensor, DType.FLOAT32, values.length);
            writer.write(tensor, data);
            writer.commit();
        }
    }
}
