package dev.quantgate.natives.torch;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;

/**
 * The life of all native values of one call: they are freed when the call returns, and no gradient is recorded.
 *
 * <p>Belongs to the calling thread. What must live longer is kept in a {@link TensorArena}.
 */
public final class TorchScope {

    // Views of a mapped file share its memory without holding the buffer; it has to outlive the native calls.
    private static final ThreadLocal<Deque<List<ByteBuffer>>> BUFFERS = ThreadLocal.withInitial(ArrayDeque::new);

    private TorchScope() {}

    /** Keeps a buffer mapped until the innermost scope of this thread ends. */
    static void hold(ByteBuffer buffer) {
        List<ByteBuffer> innermost = BUFFERS.get().peek();
        if (innermost != null) {
            innermost.add(buffer);
        }
    }

    /**
     * Runs native work and frees what it made.
     *
     * @throws TorchException when libtorch refuses
     */
    public static <T> T call(Supplier<T> work) {
        List<ByteBuffer> buffers = new ArrayList<>();
        BUFFERS.get().push(buffers);
        InferenceMode mode = new InferenceMode(true);
        try (PointerScope scope = new PointerScope()) {
            assert scope.forClasses() == null;
            return work.get();
        } catch (RuntimeException e) {
            throw translated(e);
        } finally {
            // Freed here rather than by an enclosing scope: the mode is thread-local and has to end last in, first out.
            mode.deallocate();
            BUFFERS.get().pop();
            Reference.reachabilityFence(buffers);
        }
    }

    /** Runs native work that has no result. */
    public static void run(Runnable work) {
        call(() -> {
            work.run();
            return Boolean.TRUE;
        });
    }

    private static RuntimeException translated(RuntimeException e) {
        // JavaCPP raises exactly RuntimeException for a C++ exception; subclasses are Java's own.
        return e.getClass() == RuntimeException.class ? TorchException.from(e) : e;
    }
}
