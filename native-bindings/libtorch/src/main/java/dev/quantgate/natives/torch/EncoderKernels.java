package dev.quantgate.natives.torch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Our own native library: its loading, and the functions of src/main/native/jni.cpp as they are. Addresses are raw. */
final class EncoderKernels {

    private static final String LIBRARY = "libquantgate_encoder.so";

    private static @Nullable String loaded;

    private EncoderKernels() {}

    /**
     * Loads the library once.
     *
     * @return the name of the kernels that fit this processor, empty when none do
     */
    static synchronized String load(Path cache) {
        String name = loaded;
        if (name == null) {
            name = isSupported() ? loadLibrary(cache) : "";
            loaded = name;
        }
        return name;
    }

    /** Refuses to go on where there are no kernels. */
    static synchronized void requireLoaded() {
        if (loaded == null || loaded.isEmpty()) {
            throw new IllegalStateException("kernels: none (expected: libtorch started, on a processor with AVX2)");
        }
    }

    private static boolean isSupported() {
        String architecture = System.getProperty("os.arch", "");
        return System.getProperty("os.name", "").startsWith("Linux")
                && (architecture.equals("amd64") || architecture.equals("x86_64"));
    }

    private static String loadLibrary(Path cache) {
        try {
            System.load(unpack(cache).toString());
        } catch (IOException e) {
            throw new UncheckedIOException("Unpacking " + LIBRARY + " failed: " + e.getMessage(), e);
        }
        return name();
    }

    /** Named by its digest, so that versions live side by side and a file that is there is whole. */
    private static Path unpack(Path cache) throws IOException {
        byte[] library;
        try (InputStream in = EncoderKernels.class.getResourceAsStream("linux-x86_64/" + LIBRARY)) {
            if (in == null) {
                throw new IOException("the jar holds no linux-x86_64/" + LIBRARY);
            }
            library = in.readAllBytes();
        }
        Path folder = cache.toAbsolutePath().resolve("quantgate-" + digest(library));
        Path target = folder.resolve(LIBRARY);
        if (Files.isRegularFile(target) && Files.size(target) == library.length) {
            return target;
        }
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, LIBRARY, ".part");
        Files.write(part, library);
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String digest(byte[] library) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(library), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static native String name();

    static native long create(int hidden, int heads, int intermediate, int layers, int activation, float epsilon);

    static native void destroy(long encoder);

    static native void linear(
            long encoder, int layer, int part, int outputs, int inputs, long codes, long scales, long bias);

    static native long createProduct(int outputs, int inputs, long codes, long scales, long bias);

    static native void destroyProduct(long product);

    static native void product(long product, long rows, long x, long y);

    static native void norm(long encoder, int layer, int part, long weight, long bias);

    static native void tables(
            long encoder,
            long words,
            long codes,
            long scales,
            long positions,
            long types,
            long normWeight,
            long normBias);

    static native void compute(
            long encoder,
            long[] ids,
            int[] places,
            long @Nullable [] types,
            int[] lengths,
            int longest,
            int output,
            long out,
            int threads);
}
