package dev.quantgate.worker.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.quantgate.worker.api.FailureKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A shared claim on a variant's files while they are in use, seen by every process; whoever wants to delete the
 * variant asks {@link #isFree} first. Closing any channel on a file drops the JVM's locks on it, so each JVM keeps
 * one channel for each variant and counts its claims.
 */
public final class VariantUse implements AutoCloseable {
    static final String LOCK_FILE = "in-use.lock";

    private static final Map<Path, VariantUse> IN_JVM = new HashMap<>();

    private final Path key;
    private final @Nullable FileChannel channel;
    private int claims;

    private VariantUse(Path key, @Nullable FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /** Claims a variant; every claim must be closed once. */
    public static VariantUse claim(Path variantFolder) throws IOException {
        var key = variantFolder.toRealPath();
        synchronized (IN_JVM) {
            var use = IN_JVM.get(key);
            if (use == null) {
                use = new VariantUse(key, openShared(key));
                IN_JVM.put(key, use);
            }
            use.claims++;
            return use;
        }
    }

    /** True if no process uses the variant; asked under the model's lease, which every deletion holds. */
    public static boolean isFree(Path variantFolder) throws IOException {
        var key = variantFolder.toRealPath();
        synchronized (IN_JVM) {
            if (IN_JVM.containsKey(key)) {
                return false;
            }
            try (var channel =
                    FileChannel.open(key.resolve(LOCK_FILE), CREATE, READ, WRITE, LinkOption.NOFOLLOW_LINKS)) {
                return channel.tryLock() != null;
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (IN_JVM) {
            if (--claims > 0) {
                return;
            }
            IN_JVM.remove(key, this);
            if (channel != null) {
                channel.close();
            }
        }
    }

    /** Null on a store that this process cannot write, where it need not fear its own deletions. */
    private static @Nullable FileChannel openShared(Path folder) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(folder.resolve(LOCK_FILE), CREATE, READ, WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException notWritable) {
            if (FailureKind.STORE_READ_ONLY
                    == StoreFailure.translate(notWritable, "locking", folder)
                            .failure()
                            .kind()) {
                return null;
            }
            throw notWritable;
        }
        if (channel.tryLock(0, Long.MAX_VALUE, true) == null) {
            channel.close();
            throw new FileMutex.BusyException(folder);
        }
        return channel;
    }
}
