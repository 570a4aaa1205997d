package dev.quantgate.natives.torch;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;

/**
 * The owner of native values that outlive a call, such as the weights of a model.
 *
 * <p>Not thread-safe; closed once, after the last use of anything it keeps. Values are freed in reverse order.
 */
public final class TensorArena implements AutoCloseable {

    private final Deque<Pointer> kept = new ArrayDeque<>();
    private final Deque<Object> referenced = new ArrayDeque<>();
    private long bytes;
    private boolean closed;

    /** Keeps a tensor past the end of the scope it was made in. */
    public TorchTensor keep(TorchTensor tensor) {
        keep(tensor.handle());
        bytes += tensor.bytes();
        if (tensor.backing() != null) {
            referenced.push(tensor.backing());
        }
        return tensor;
    }

    /** Counts memory that a kept value owns out of sight, such as weights packed for an engine. */
    void count(long hiddenBytes) {
        bytes += hiddenBytes;
    }

    /** Size of everything kept, mapped files included. */
    public long bytes() {
        return bytes;
    }

    <P extends Pointer> P keep(P pointer) {
        if (closed) {
            throw new IllegalStateException("arena: closed (expected: open)");
        }
        pointer.retainReference();
        kept.push(pointer);
        return pointer;
    }

    @Override
    public void close() {
        closed = true;
        while (!kept.isEmpty()) {
            kept.pop().releaseReference();
        }
        referenced.clear();
    }
}
