package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_dev_count;
import static dev.quantgate.natives.llama.bindings.global.llama.ggml_backend_load_all_from_path;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_backend_init;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_print_system_info;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_supports_mlock;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_supports_mmap;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_version;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_cpu_backend_file;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_install_kernels;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_load_barrier;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The llama.cpp library of this process. It is loaded once and stays. */
public final class LlamaCpp {
    private static final String VARIANT_PREFIX = "libggml-cpu-";

    private static volatile @Nullable LlamaCpp loaded;

    private final LlamaInfo info;

    private LlamaCpp(LlamaInfo info) {
        this.info = info;
    }

    /**
     * Loads llama.cpp, with the CPU library that suits this machine best, unless that has been done. Any thread may
     * call it at any time.
     *
     * @throws LlamaException when this platform has no libraries, none of them runs on this CPU, or {@code
     *     QUANTGATE_KERNELS} has an unknown value
     * @throws java.io.UncheckedIOException when the libraries cannot be unpacked
     */
    public static LlamaCpp load() {
        LlamaCpp result = loaded;
        return result != null ? result : loadOnce();
    }

    /**
     * Checks what the environment says, without loading anything.
     *
     * @throws LlamaException naming the variable, its value and what was expected
     */
    public static void checkEnvironment() {
        Kernels.configured();
    }

    /** Returns what was loaded. */
    public LlamaInfo info() {
        return info;
    }

    private static synchronized LlamaCpp loadOnce() {
        LlamaCpp result = loaded;
        if (result != null) {
            return result;
        }
        Path folder = NativeLibraries.unpacked();
        // Each library finds the ones it needs beside itself.
        System.load(folder.resolve("libquantgate_llama.so").toString());
        System.load(folder.resolve("libjnillama.so").toString());
        NativeLog.install();
        boolean own = Kernels.configured() == Kernels.AUTO;
        if (own && !qg_load_barrier(folder.resolve("libquantgate_barrier.so").toString())) {
            throw new LlamaException("libquantgate_barrier.so cannot be loaded");
        }
        ggml_backend_load_all_from_path(folder.toString());
        if (ggml_backend_dev_count() == 0) {
            throw new LlamaException("none of the CPU libraries runs on this machine");
        }
        boolean ownKernels = own && qg_install_kernels();
        llama_backend_init();
        result = new LlamaCpp(readInfo(ownKernels));
        loaded = result;
        return result;
    }

    private static LlamaInfo readInfo(boolean ownKernels) {
        String file = NativeText.take(qg_cpu_backend_file());
        return new LlamaInfo(
                llama_version().getString(StandardCharsets.UTF_8),
                file.startsWith(VARIANT_PREFIX) ? file.substring(VARIANT_PREFIX.length(), file.lastIndexOf('.')) : file,
                llama_print_system_info().getString(StandardCharsets.UTF_8).strip(),
                llama_supports_mmap(),
                llama_supports_mlock(),
                ownKernels);
    }
}
