package dev.quantgate.natives.torch;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.QEngineVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The one libtorch of this process: loaded once, with settings that hold for its life.
 *
 * <p>Thread-safe. The launcher should set {@code OMP_WAIT_POLICY=PASSIVE} before the JVM starts: an OpenMP thread that
 * spins takes the core other workers need.
 */
public final class TorchRuntime {

    private static @Nullable TorchRuntime started;

    private final TorchSettings settings;
    private final TorchInfo info;

    private TorchRuntime(TorchSettings settings, TorchInfo info) {
        this.settings = settings;
        this.info = info;
    }

    /** Starts libtorch without reporting the progress of unpacking. */
    public static TorchRuntime start(TorchSettings settings) {
        return start(settings, UnpackProgress.NONE);
    }

    /**
     * Starts libtorch, or returns the running one when it has the same settings.
     *
     * @throws IllegalStateException when it runs already with other threads or another engine
     * @throws java.io.UncheckedIOException when the libraries cannot be unpacked
     */
    public static synchronized TorchRuntime start(TorchSettings settings, UnpackProgress progress) {
        TorchRuntime running = started;
        if (running == null) {
            running = load(settings, progress);
            started = running;
        }
        if (running.settings.threads() != settings.threads() || running.settings.engine() != settings.engine()) {
            throw new IllegalStateException("libtorch runs already with " + running.settings.threads() + " threads on "
                    + running.settings.engine() + " (expected: " + settings.threads() + " threads on "
                    + settings.engine() + ")");
        }
        return running;
    }

    /**
     * The one that has been started.
     *
     * @throws IllegalStateException when none has
     */
    public static synchronized TorchRuntime running() {
        TorchRuntime running = started;
        if (running == null) {
            throw new IllegalStateException("libtorch: not started (expected: started)");
        }
        return running;
    }

    /** Version, engines and threads of the running library. */
    public TorchInfo info() {
        return info;
    }

    private static TorchRuntime load(TorchSettings settings, UnpackProgress progress) {
        new NativeLibraryCache(settings.cacheDirectory()).unpack(progress);
        // Read by JavaCPP's static initialisers. Its own memory limit (four times the heap, by resident size) would
        // refuse allocations because of mapped weights, and costs a read of /proc per native object.
        setIfAbsent("org.bytedeco.javacpp.cachedir", settings.cacheDirectory().toString());
        setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        Loader.load(torch.class);
        torch.set_num_threads(settings.threads());
        openblas.blas_set_num_threads(settings.threads());
        torch.globalContext().setQEngine(settings.engine().nativeEngine());
        boolean fused = !EncoderKernels.load(settings.cacheDirectory()).isEmpty();
        return new TorchRuntime(settings, readInfo(settings, fused));
    }

    private static void setIfAbsent(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    private static TorchInfo readInfo(TorchSettings settings, boolean fused) {
        try (PointerScope scope = new PointerScope()) {
            assert scope.forClasses() == null;
            List<QuantizedEngine> supported = new ArrayList<>();
            if (fused) {
                supported.add(QuantizedEngine.FUSED);
            }
            QEngineVector engines = Context.supportedQEngines();
            for (long i = 0; i < engines.size(); i++) {
                for (QuantizedEngine engine : QuantizedEngine.values()) {
                    if (engine != QuantizedEngine.FUSED && engine.nativeEngine().value == engines.get(i).value) {
                        supported.add(engine);
                    }
                }
            }
            return new TorchInfo(
                    version(),
                    torch.get_cpu_capability().getString(),
                    supported.contains(settings.engine()) ? settings.engine() : QuantizedEngine.ONEDNN,
                    supported,
                    torch.get_num_threads());
        }
    }

    private static String version() {
        try {
            return Loader.getVersion("org.bytedeco", "pytorch");
        } catch (java.io.IOException e) {
            // A repackaged application may have dropped the Maven descriptors; nothing depends on the number.
            return "unknown";
        }
    }
}
