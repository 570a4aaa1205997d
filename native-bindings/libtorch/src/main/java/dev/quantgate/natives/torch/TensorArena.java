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
    private boolean closed;

    /** Keeps a tensor past the end of the scope it was made in. */
    public TorchTensor keep(TorchTensor tensor) {
        keep(tensor.handle());
        if (tensor.backing() != null) {
            referenced.push(tensor.backing());
        }
        return tensor;
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
