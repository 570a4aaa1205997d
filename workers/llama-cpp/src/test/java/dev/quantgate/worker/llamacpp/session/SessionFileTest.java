package dev.quantgate.worker.llamacpp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.backend.SessionPlace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionFileTest {
    private static final SessionHeader.Origin ORIGIN =
            new SessionHeader.Origin("ab12", "v0.5.0", "F16", "F16", "AUTO", "none");

    @TempDir
    private Path folder;

    private SessionPlace place;

    @BeforeEach
    void place() {
        place = new SessionPlace(folder.resolve("sessions"), "ab12");
    }

    private static ByteBuffer state(int cells) {
        return state(1, 0, cells);
    }

    /** Cells in one of the streams. */
    private static ByteBuffer state(int streams, int stream, int cells) {
        return ByteBuffer.allocateDirect(200)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(24, streams)
                .putInt(28 + 4 * stream, cells)
                .put(100, (byte) 7);
    }

    private void write(String name, ByteBuffer state) throws IOException {
        var header = SessionHeader.unfinished(ORIGIN, new int[] {1, 2, 3}, state.capacity());
        SessionWriter.write(place, name, header.withSha256(SessionFile.sha256(state)), state);
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        write("a", state(3));

        var file = SessionFile.open(place.file("a"), "a").orElseThrow();

        assertThat(file.header().origin()).isEqualTo(ORIGIN);
        assertThat(file.header().tokens()).containsExactly(1, 2, 3);
        assertThat(file.state()).isEqualTo(state(3).order(ByteOrder.BIG_ENDIAN));
        assertThat(SessionFile.open(place.file("b"), "b")).isEmpty();
    }

    @Test
    void everyFlippedBitAndEveryCutIsFound() throws IOException {
        write("a", state(3));
        var good = Files.readAllBytes(place.file("a"));
        var random = new Random(5);
        for (int round = 0; round < 400; round++) {
            var bad = good.clone();
            var at = round < good.length ? round : random.nextInt(good.length);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(place.file("a"), bad);
            assertRefused();
        }
        for (int length = 0; length < good.length; length += 7) {
            Files.write(place.file("a"), Arrays.copyOf(good, length));
            assertRefused();
        }
        Files.write(place.file("a"), Arrays.copyOf(good, good.length + 1));
        assertRefused();
    }

    private void assertRefused() {
        assertThatThrownBy(() ->
                        SessionFile.open(place.file("a"), "a").orElseThrow().state())
                .isInstanceOfSatisfying(WorkerException.class, refused -> {
                    assertThat(refused.failure().kind()).isEqualTo(FailureKind.FAILED_PRECONDITION);
                    assertThat(refused.failure().message()).startsWith("session a is damaged: ");
                });
    }

    /** The sums of a forged file are right, but native code would make room for what it names. */
    @Test
    void aForgedCountOfCellsIsRefused() throws IOException {
        for (int cells : new int[] {0, -1, 4, Integer.MAX_VALUE}) {
            write("a", state(cells));
            assertRefused();
        }
        var header = SessionHeader.unfinished(ORIGIN, new int[] {1}, 5);
        var tiny = ByteBuffer.allocateDirect(5);
        SessionWriter.write(place, "a", header.withSha256(SessionFile.sha256(tiny)), tiny);
        assertRefused();
    }

    @Test
    void theCellsOfSeparateSequencesAreInOneOfTheirStreams() throws IOException {
        for (int stream = 0; stream < 4; stream++) {
            write("a", state(4, stream, 3));
            assertThat(SessionFile.open(place.file("a"), "a")
                            .orElseThrow()
                            .state()
                            .capacity())
                    .isEqualTo(200);

            write("a", state(4, stream, 4));
            assertRefused();
        }
        for (int streams : new int[] {0, -1, 44, 257, Integer.MAX_VALUE}) {
            write("a", state(streams, 0, 3));
            assertRefused();
        }
        // A second stream with cells, behind those of the first.
        write("a", state(4, 0, 3).putInt(192, 1 << 30));
        assertRefused();
    }

    @Test
    void aSessionOfSomethingElseIsRefusedByWhatDiffers() throws IOException {
        write("a", state(3));
        var file = SessionFile.open(place.file("a"), "a").orElseThrow();

        file.requireOrigin(ORIGIN);
        assertThatThrownBy(() ->
                        file.requireOrigin(new SessionHeader.Origin("ff", "v0.5.0", "F16", "F16", "AUTO", "none")))
                .hasMessageContaining("model sha256 \"ab12\" (expected: \"ff\"");
        assertThatThrownBy(() ->
                        file.requireOrigin(new SessionHeader.Origin("ab12", "v0.6.0", "F16", "F16", "AUTO", "none")))
                .hasMessageContaining("llama.cpp");
        assertThatThrownBy(() ->
                        file.requireOrigin(new SessionHeader.Origin("ab12", "v0.5.0", "Q8_0", "F16", "AUTO", "none")))
                .hasMessageContaining("kv_type_k");
        assertThatThrownBy(() ->
                        file.requireOrigin(new SessionHeader.Origin("ab12", "v0.5.0", "F16", "Q8_0", "AUTO", "none")))
                .hasMessageContaining("kv_type_v");
        assertThatThrownBy(() ->
                        file.requireOrigin(new SessionHeader.Origin("ab12", "v0.5.0", "F16", "F16", "ON", "none")))
                .hasMessageContaining("flash_attention");
        assertThatThrownBy(() ->
                        file.requireOrigin(new SessionHeader.Origin("ab12", "v0.5.0", "F16", "F16", "AUTO", "other")))
                .hasMessageContaining("lora");
    }

    @Test
    void theOldestGiveWayAndWhatDiedIsSweptUp() throws IOException {
        for (var name : new String[] {"old", "middle", "new"}) {
            write(name, state(3));
        }
        var size = Files.size(place.file("new"));
        Files.setLastModifiedTime(place.file("old"), FileTime.from(Instant.EPOCH));
        Files.setLastModifiedTime(place.file("middle"), FileTime.from(Instant.EPOCH.plusSeconds(9)));
        var dead = Files.createFile(place.folder().resolve(".x.1.tmp"));
        Files.setLastModifiedTime(dead, FileTime.from(Instant.EPOCH));
        var alive = Files.createFile(place.folder().resolve(".x.2.tmp"));

        SessionWriter.evict(place, "new", 2 * size);

        assertThat(place.file("old")).doesNotExist();
        assertThat(place.file("middle")).exists();
        assertThat(dead).doesNotExist();
        assertThat(alive).exists();
        SessionWriter.evict(place, "middle", 1);
        assertThat(place.file("middle")).exists();
        assertThat(place.file("new")).doesNotExist();
    }
}
