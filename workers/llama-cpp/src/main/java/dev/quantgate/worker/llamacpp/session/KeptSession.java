package dev.quantgate.worker.llamacpp.session;

import dev.quantgate.worker.api.backend.SessionPlace;
import dev.quantgate.worker.llamacpp.schedule.DecodeEngine;
import dev.quantgate.worker.llamacpp.schedule.MemoryBudget;
import dev.quantgate.worker.llamacpp.schedule.SavedState;
import dev.quantgate.worker.llamacpp.schedule.StateKeeper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that is saved when its request ends. The state is copied out of the context on the decode loop's thread and
 * written on another; the request's last message waits for that.
 */
final class KeptSession implements Session, StateKeeper {
    private static final Logger LOGGER = LoggerFactory.getLogger(KeptSession.class);

    private final String name;
    private final SessionPlace place;
    private final SessionHeader.Origin origin;
    private final long limitBytes;
    private final Optional<RestoredState> restored;
    private final MemoryBudget memory;
    private final Sessions.FileThread files;
    private volatile boolean settled = true;
    private volatile int tokens;

    KeptSession(
            String name,
            SessionPlace place,
            SessionHeader.Origin origin,
            long limitBytes,
            Optional<RestoredState> restored,
            MemoryBudget memory,
            Sessions.FileThread files) {
        this.name = name;
        this.place = place;
        this.origin = origin;
        this.limitBytes = limitBytes;
        this.restored = restored;
        this.memory = memory;
        this.files = files;
    }

    @Override
    public @Nullable SavedState saved() {
        return restored.orElse(null);
    }

    @Override
    public StateKeeper keeper() {
        return this;
    }

    @Override
    public void keep(DecodeEngine engine, int sequence, int[] held) {
        if (held.length == 0) {
            return;
        }
        var bytes = engine.stateBytes(sequence);
        if (bytes > Math.min(limitBytes, Integer.MAX_VALUE) || !memory.take(bytes)) {
            LOGGER.atWarn()
                    .addKeyValue("session", name)
                    .addKeyValue("bytes", bytes)
                    .addKeyValue("limitBytes", limitBytes)
                    .log("a session is too large to be saved, for session_bytes or the memory limit");
            return;
        }
        settled = false;
        if (!copy(engine, sequence, held, (int) bytes)) {
            memory.give(bytes);
            settled = true;
        }
    }

    private boolean copy(DecodeEngine engine, int sequence, int[] held, int bytes) {
        ByteBuffer state;
        try {
            state = ByteBuffer.allocateDirect(bytes);
        } catch (OutOfMemoryError limit) {
            // The JVM's limit on direct memory is no reason to end the decode loop.
            LOGGER.atWarn().addKeyValue("session", name).log("no direct memory to save a session: see -Xmx");
            return false;
        }
        engine.saveState(sequence, state);
        state.flip();
        return files.run(() -> write(SessionHeader.unfinished(origin, held, bytes), state));
    }

    private void write(SessionHeader header, ByteBuffer state) {
        try {
            SessionWriter.write(place, name, header.withSha256(SessionFile.sha256(state)), state);
            SessionWriter.evict(place, name, limitBytes);
            tokens = header.tokens().length;
        } catch (IOException failed) {
            LOGGER.atWarn().addKeyValue("session", name).setCause(failed).log("a session could not be saved");
        } finally {
            memory.give(header.stateBytes());
            settled = true;
        }
    }

    @Override
    public boolean settled() {
        return settled;
    }

    @Override
    public int tokens() {
        return tokens;
    }

    @Override
    public void close() {
        restored.ifPresent(RestoredState::close);
    }
}
