package dev.quantgate.natives.llama;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A native object that several threads may use, freed when it has been closed and the last use has ended.
 *
 * <p>So a call that is under way while another thread closes the object never touches freed memory, and closing never
 * waits.
 */
final class SharedHandle<P> implements AutoCloseable {
    private final String name;
    private final P pointer;
    private final Consumer<P> free;
    private final AtomicBoolean closed = new AtomicBoolean();
    // The owner counts as one user until it closes.
    private final AtomicInteger users = new AtomicInteger(1);

    SharedHandle(String name, P pointer, Consumer<P> free) {
        this.name = name;
        this.pointer = pointer;
        this.free = free;
    }

    /** Starts a use; the caller must {@link #release} it. */
    P acquire() {
        if (closed.get()) {
            throw closedException();
        }
        for (int n = users.get(); n > 0; n = users.get()) {
            if (users.compareAndSet(n, n + 1)) {
                return pointer;
            }
        }
        throw closedException();
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            free.accept(pointer);
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release();
        }
    }

    private IllegalStateException closedException() {
        return new IllegalStateException(name + " is closed");
    }
}
