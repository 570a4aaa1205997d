package dev.quantgate.natives.llama.presets;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * The JavaCPP preset of llama.cpp: maps ggml.h, ggml-backend.h, ggml-cpu.h, gguf.h, llama.h and this
 * module's own quantgate.h to Java.
 *
 * <p>The name is lower case because JavaCPP names the native library after the class, and the class is not
 * final because the generated one extends it.
 */
@Properties(
        value =
                @Platform(
                        value = "linux-x86_64",
                        compiler = "cpp17",
                        define = {"STRING_BYTES_CHARSET \"UTF-8\"", "LLAMA_SHARED", "GGML_SHARED", "GGML_BACKEND_SHARED"
                        },
                        include = {"ggml.h", "ggml-backend.h", "ggml-cpu.h", "gguf.h", "llama.h", "quantgate.h"},
                        link = {"ggml-base", "ggml.v0.5.0", "llama.v0.5.0", "quantgate_llama"}),
        target = "dev.quantgate.natives.llama.bindings",
        global = "dev.quantgate.natives.llama.bindings.global.llama")
public class llama implements InfoMapper {
    /** Pairs of a handle type ({@code typedef struct X * X_t}) and the opaque struct behind it. */
    private static final String[][] HANDLES = {
        {"ggml_backend_buffer_type_t", "ggml_backend_buffer_type"},
        {"ggml_backend_buffer_t", "ggml_backend_buffer"},
        {"ggml_backend_event_t", "ggml_backend_event"},
        {"ggml_backend_t", "ggml_backend"},
        {"ggml_backend_reg_t", "ggml_backend_reg"},
        {"ggml_backend_dev_t", "ggml_backend_device"},
        {"ggml_backend_sched_t", "ggml_backend_sched"},
        {"ggml_threadpool_t", "ggml_threadpool"},
        {"llama_memory_t", "llama_memory_i"},
    };

    /** Creates the preset; JavaCPP does so by reflection. */
    public llama() {}

    @Override
    public void map(InfoMap map) {
        mapMacros(map);
        for (String[] handle : HANDLES) {
            map.put(new Info(handle[0])
                    .valueTypes(handle[1])
                    .pointerTypes("@Cast(\"" + handle[1] + "**\") PointerPointer"));
        }
        map.put(new Info("ggml_backend_graph_plan_t", "llama_sampler_context_t")
                .cast()
                .valueTypes("Pointer")
                .pointerTypes("PointerPointer"));
        // These C tags collide with a function of the same name.
        for (String tag : new String[] {"ggml_backend_dev_type", "llama_pooling_type", "llama_vocab_type"}) {
            map.put(new Info(tag, "enum " + tag).valueTypes("@Cast(\"enum " + tag + "\") int"));
        }
        skipUnneeded(map);
    }

    private static void mapMacros(InfoMap map) {
        map.put(new Info(
                                "GGML_API",
                                "GGML_BACKEND_API",
                                "LLAMA_API",
                                "QUANTGATE_API",
                                "GGML_CALL",
                                "GGML_RESTRICT",
                                "GGML_NORETURN")
                        .cppTypes()
                        .annotations()
                        .cppText(""))
                .put(new Info("GGML_DEPRECATED")
                        .cppText("#define GGML_DEPRECATED(func, hint) func")
                        .cppTypes())
                .put(new Info("DEPRECATED")
                        .cppText("#define DEPRECATED(func, hint) func")
                        .cppTypes())
                .put(new Info("defined(__cplusplus)", "LLAMA_SHARED", "GGML_SHARED").define(true))
                .put(new Info(
                                "__GNUC__",
                                "_MSC_VER",
                                "GGML_USE_CPU_HBM",
                                "defined(__MINGW32__)",
                                "__EMSCRIPTEN__",
                                "__NVCC__")
                        .define(false))
                .put(new Info("GGML_ATTRIBUTE_FORMAT")
                        .cppText("#define GGML_ATTRIBUTE_FORMAT(...)")
                        .cppTypes())
                .put(new Info("LLAMA_DEFAULT_SEED").cppTypes("int").translate(true))
                .put(new Info(
                                "GGML_TENSOR_UNARY_OP_LOCALS",
                                "GGML_TENSOR_BINARY_OP_LOCALS",
                                "GGML_TENSOR_TERNARY_OP_LOCALS",
                                "GGML_TENSOR_BINARY_OP_LOCALS01",
                                "GGML_TENSOR_LOCALS",
                                "GGML_TENSOR_LOCALS_1",
                                "GGML_TENSOR_LOCALS_2",
                                "GGML_TENSOR_LOCALS_3")
                        .cppTypes()
                        .annotations());
    }

    private static void skipUnneeded(InfoMap map) {
        // Training (ggml-opt.h) is not mapped, so nothing that mentions its types can be.
        map.put(new Info(
                        "llama_opt_init",
                        "llama_opt_epoch",
                        "llama_opt_params",
                        "llama_opt_param_filter",
                        "llama_opt_param_filter_all")
                .skip());
        map.put(new Info(
                        "ggml_backend_graph_copy",
                        "ggml_backend_graph_copy_free",
                        "ggml_backend_compare_graph_backend",
                        "ggml_guid_t",
                        "ggml_guid",
                        "ggml_backend_guid")
                .skip());
    }
}
