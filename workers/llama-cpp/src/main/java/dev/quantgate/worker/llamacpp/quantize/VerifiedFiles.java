package dev.quantgate.worker.llamacpp.quantize;

import dev.quantgate.worker.llamacpp.gguf.GgufInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The airlock's answers of late, so that a file that nobody has touched since is not read again for each step that works
 * with it. Thread-safe.
 */
public final class VerifiedFiles {
    /** A source, what is being made of it, and a little more. */
    private static final int KEPT = 4;

    private final Map<Object, GgufInfo> answers = new LinkedHashMap<>();

    /**
     * Verifies a model file, unless it is the very one that was verified before: the same inode with the same size and
     * times. The change time cannot be set by whoever writes to a file, so new content shows.
     *
     * @throws dev.quantgate.worker.api.WorkerException INVALID_MODEL
     */
    public GgufInfo verify(Path file) {
        var before = stamp(file);
        var known = before.flatMap(this::find);
        if (known.isPresent()) {
            return known.get();
        }
        var info = ModelFiles.verify(file);
        before.filter(stamp -> stamp(file).equals(before)).ifPresent(stamp -> keep(stamp, info));
        return info;
    }

    private synchronized Optional<GgufInfo> find(Object stamp) {
        return Optional.ofNullable(answers.get(stamp));
    }

    private synchronized void keep(Object stamp, GgufInfo info) {
        answers.put(stamp, info);
        if (answers.size() > KEPT) {
            answers.remove(answers.keySet().iterator().next());
        }
    }

    /** Empty where the file system does not tell, or the file is not there: then nothing is known of it. */
    private static Optional<Object> stamp(Path file) {
        try {
            return Optional.of(Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }
}
