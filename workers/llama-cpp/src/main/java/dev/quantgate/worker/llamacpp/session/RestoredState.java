package dev.quantgate.worker.llamacpp.session;

import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.llamacpp.schedule.AdapterSet;
import dev.quantgate.worker.llamacpp.schedule.MemoryBudget;
import dev.quantgate.worker.llamacpp.schedule.SavedState;
import dev.quantgate.worker.llamacpp.schedule.TokenList;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A saved state, read from its file only when a request has use for it: mostly the cache still has it. */
final class RestoredState implements SavedState {
    private static final Logger LOGGER = LoggerFactory.getLogger(RestoredState.class);

    private final SessionFile file;
    private final TokenList tokens;
    private final boolean whole;
    private final MemoryBudget memory;
    private final Sessions.FileThread files;
    private boolean asked;
    private boolean closed;
    private @Nullable ByteBuffer state;
    private volatile @Nullable WorkerFailure damage;
    private volatile boolean fetched;

    RestoredState(
            SessionFile file, AdapterSet adapters, boolean whole, MemoryBudget memory, Sessions.FileThread files) {
        this.file = file;
        this.tokens = new TokenList(file.header().tokens(), adapters);
        this.whole = whole;
        this.memory = memory;
        this.files = files;
    }

    @Override
    public TokenList tokens() {
        return tokens;
    }

    @Override
    public boolean whole() {
        return whole;
    }

    @Override
    public boolean fetched() {
        if (!asked) {
            asked = true;
            if (!files.run(this::fetch)) {
                fetched = true;
            }
        }
        return fetched;
    }

    private void fetch() {
        try {
            if (memory.take(file.header().stateBytes())) {
                keep(file.state());
            } else {
                LOGGER.atWarn()
                        .addKeyValue("session", file.name())
                        .log("the memory limit leaves no room to restore a session: it is computed anew");
            }
        } catch (OutOfMemoryError limit) {
            // The JVM's limit on direct memory: the state is computed anew.
            memory.give(file.header().stateBytes());
            LOGGER.atWarn().addKeyValue("session", file.name()).log("no direct memory to restore a session: see -Xmx");
        } catch (WorkerException damaged) {
            memory.give(file.header().stateBytes());
            damage = damaged.failure();
        } finally {
            fetched = true;
        }
    }

    private synchronized void keep(ByteBuffer read) {
        if (closed) {
            memory.give(file.header().stateBytes());
        } else {
            state = read;
        }
    }

    @Override
    public synchronized @Nullable ByteBuffer state() {
        return state;
    }

    @Override
    public @Nullable WorkerFailure damage() {
        return damage;
    }

    synchronized void close() {
        closed = true;
        if (state != null) {
            state = null;
            memory.give(file.header().stateBytes());
        }
    }
}
