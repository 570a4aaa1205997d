package dev.quantgate.natives.torch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The directory in which the loader of JavaCPP finds its libraries already unpacked.
 *
 * <p>Every file is written beside its place and renamed, so a killed process leaves no half library behind; the layout
 * ({@code <jar>/<entry>}, with the size and time of the entry) is what the loader itself expects, so it copies nothing.
 * Several processes take turns by a file lock.
 */
final class NativeLibraryCache {

    private static final int BUFFER_BYTES = 1 << 20;
    private static final String PLATFORM = "linux-x86_64";
    private static final List<String> FOLDERS = List.of(
            "org/bytedeco/javacpp/" + PLATFORM,
            "org/bytedeco/openblas/" + PLATFORM,
            "org/bytedeco/pytorch/" + PLATFORM);
    // Only the LAPACK-complete OpenBLAS wrapper and the distributed back end: nothing here calls them.
    private static final List<String> UNUSED = List.of("libjniopenblas_full.so", "libjnitorch_gloo.so");

    private final Path root;

    NativeLibraryCache(Path root) {
        this.root = root;
    }

    private record Library(JarFile jar, JarEntry entry, Path target) {

        boolean isPresent() throws IOException {
            return Files.isRegularFile(target)
                    && Files.size(target) == entry.getSize()
                    && Files.getLastModifiedTime(target).toMillis() == entry.getTime();
        }

        String name() {
            return String.valueOf(target.getFileName());
        }
    }

    /** Writes the libraries that are not there yet and returns the number of bytes written. */
    long unpack(UnpackProgress progress) {
        try {
            Files.createDirectories(root);
            List<Library> libraries = libraries();
            if (missing(libraries).isEmpty()) {
                return 0;
            }
            try (FileChannel channel = FileChannel.open(
                            root.resolve(".unpack.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                assert lock.isValid();
                return write(missing(libraries), progress);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Unpacking libtorch failed: " + e.getMessage(), e);
        }
    }

    private static List<Library> missing(List<Library> libraries) throws IOException {
        List<Library> missing = new ArrayList<>();
        for (Library library : libraries) {
            if (!library.isPresent()) {
                missing.add(library);
            }
        }
        return missing;
    }

    private List<Library> libraries() throws IOException {
        List<Library> found = new ArrayList<>();
        for (String folder : FOLDERS) {
            URL url = NativeLibraryCache.class.getClassLoader().getResource(folder + "/");
            URLConnection connection = url == null ? null : url.openConnection();
            // Libraries in plain folders (an exploded application) are loaded in place by JavaCPP.
            if (connection instanceof JarURLConnection jarConnection) {
                collect(jarConnection.getJarFile(), folder, found);
            }
        }
        return found;
    }

    private void collect(JarFile jar, String folder, List<Library> into) {
        Path jarRoot = root.resolve(String.valueOf(Path.of(jar.getName()).getFileName()));
        Enumeration<JarEntry> entries = jar.entries();
        while (entries.hasMoreElements()) {
            JarEntry entry = entries.nextElement();
            String name = entry.getName();
            String file = name.substring(name.lastIndexOf('/') + 1);
            if (name.startsWith(folder) && file.contains(".so") && !UNUSED.contains(file)) {
                into.add(new Library(jar, entry, jarRoot.resolve(name)));
            }
        }
    }

    private static long write(List<Library> libraries, UnpackProgress progress) throws IOException {
        long total = libraries.stream().mapToLong(l -> l.entry().getSize()).sum();
        long done = 0;
        byte[] buffer = new byte[BUFFER_BYTES];
        for (Library library : libraries) {
            Path target = library.target();
            Path folder = target.toAbsolutePath().getParent();
            if (folder == null) {
                throw new IOException("no folder for " + library.name());
            }
            Files.createDirectories(folder);
            Path part = folder.resolve(library.name() + ".part");
            try (InputStream in = library.jar().getInputStream(library.entry());
                    FileChannel channel = FileChannel.open(
                            part,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE);
                    OutputStream out = Channels.newOutputStream(channel)) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    out.write(buffer, 0, n);
                    done += n;
                    progress.unpacked(library.name(), done, total);
                }
                channel.force(true);
            }
            Files.setLastModifiedTime(part, FileTime.fromMillis(library.entry().getTime()));
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return total;
    }
}
