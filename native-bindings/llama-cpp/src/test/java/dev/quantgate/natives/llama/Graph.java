package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.GGML_BACKEND_DEVICE_TYPE_CPU;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_F16;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_TYPE_F32;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_buffer_free;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_buffer_get_base;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_buft_alloc_buffer;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_dev_backend_reg;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_dev_buffer_type;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_dev_by_type;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_dev_init;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_dev_supports_op;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_free;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_graph_compute;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_reg_get_proc_address;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_tensor_alloc;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_tensor_get;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_tensor_set;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_view_init;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_build_forward_expand;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_free;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_init;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_nbytes;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_nelements;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_new_graph;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_new_tensor;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_weights_buffer_type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quantgate.natives.llama.bindings.ggml_backend;
import dev.quantgate.natives.llama.bindings.ggml_backend_buffer;
import dev.quantgate.natives.llama.bindings.ggml_backend_buffer_type;
import dev.quantgate.natives.llama.bindings.ggml_backend_device;
import dev.quantgate.natives.llama.bindings.ggml_backend_set_n_threads_t;
import dev.quantgate.natives.llama.bindings.ggml_context;
import dev.quantgate.natives.llama.bindings.ggml_init_params;
import dev.quantgate.natives.llama.bindings.ggml_tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.ShortPointer;

/** Single operations of ggml on its CPU backend, with our kernels in it. Every tensor has memory from its birth. */
final class Graph implements AutoCloseable {
    private static final int MANY_TENSORS = 1 << 20;

    private final ggml_context context;
    private final ggml_backend_device device;
    private final ggml_backend backend;
    private final List<ggml_backend_buffer> buffers = new ArrayList<>();

    Graph(int threads) {
        requireOwnKernels();
        context = ggml_init(new ggml_init_params().mem_size(MANY_TENSORS).no_alloc(true));
        device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
        backend = ggml_backend_dev_init(device, (String) null);
        setThreads(threads);
    }

    /** Skips the test where the kernels are off; {@link KernelsTest} sees to it that they are on where they can be. */
    static void requireOwnKernels() {
        assumeTrue(
                LlamaCpp.load().info().ownKernels(), "our kernels are off: no AVX2 here, or QUANTGATE_KERNELS=stock");
    }

    ggml_context context() {
        return context;
    }

    /** Weights in the layout of our products. */
    ggml_tensor weights(int type, long... shape) {
        return place(ggml_new_tensor(context, type, shape.length, shape), qg_weights_buffer_type());
    }

    /** A matrix of weights with values, in blocks as a file has them. */
    ggml_tensor weights(int type, long columns, long rows, byte[] blocks) {
        ggml_tensor tensor = weights(type, columns, rows);
        assertThat(ggml_nbytes(tensor)).isEqualTo(blocks.length);
        try (BytePointer data = new BytePointer(blocks)) {
            ggml_backend_tensor_set(tensor, data, 0, blocks.length);
        }
        return tensor;
    }

    ggml_tensor floats(float[] values, long... shape) {
        ggml_tensor tensor = plain(GGML_TYPE_F32, shape);
        assertThat(ggml_nelements(tensor)).isEqualTo(values.length);
        try (FloatPointer data = new FloatPointer(values)) {
            ggml_backend_tensor_set(tensor, data, 0, (long) values.length * Float.BYTES);
        }
        return tensor;
    }

    ggml_tensor halves(short[] values, long... shape) {
        ggml_tensor tensor = plain(GGML_TYPE_F16, shape);
        assertThat(ggml_nelements(tensor)).isEqualTo(values.length);
        try (ShortPointer data = new ShortPointer(values)) {
            ggml_backend_tensor_set(tensor, data, 0, (long) values.length * Short.BYTES);
        }
        return tensor;
    }

    /** A tensor in ordinary memory, without values. */
    ggml_tensor plain(int type, long... shape) {
        return place(ggml_new_tensor(context, type, shape.length, shape), plainMemory());
    }

    /** A view of another tensor, ready for use. */
    static ggml_tensor view(ggml_tensor view) {
        ggml_backend_view_init(view);
        return view;
    }

    boolean supports(ggml_tensor operation) {
        return ggml_backend_dev_supports_op(device, operation);
    }

    /** Computes one operation and returns its values. */
    float[] compute(ggml_tensor operation) {
        place(operation, plainMemory());
        var graph = ggml_new_graph(context);
        ggml_build_forward_expand(graph, operation);
        assertThat(ggml_backend_graph_compute(backend, graph)).isZero();
        float[] values = new float[Math.toIntExact(ggml_nelements(operation))];
        try (FloatPointer data = new FloatPointer(values.length)) {
            ggml_backend_tensor_get(operation, data, 0, (long) values.length * Float.BYTES);
            data.get(values);
        }
        return values;
    }

    @Override
    public void close() {
        buffers.forEach(buffer -> ggml_backend_buffer_free(buffer));
        ggml_backend_free(backend);
        ggml_free(context);
    }

    private ggml_backend_buffer_type plainMemory() {
        return ggml_backend_dev_buffer_type(device);
    }

    private ggml_tensor place(ggml_tensor tensor, ggml_backend_buffer_type type) {
        ggml_backend_buffer buffer = ggml_backend_buft_alloc_buffer(type, ggml_nbytes(tensor));
        buffers.add(buffer);
        ggml_backend_tensor_alloc(buffer, tensor, ggml_backend_buffer_get_base(buffer));
        return tensor;
    }

    /** The function is in a library that is loaded at run time, so it has to be asked for. */
    private void setThreads(int threads) {
        try (var cell = new PointerPointer<>(1);
                var setter = new ggml_backend_set_n_threads_t(cell.put(ggml_backend_reg_get_proc_address(
                        ggml_backend_dev_backend_reg(device), "ggml_backend_set_n_threads")))) {
            setter.call(backend, threads);
        }
    }
}
