package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.qg_file_guard;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_file_guard_damaged;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_file_guard_drop_pages;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_file_guard_release;

import java.nio.file.Path;

/**
 * Watches over a file while native code has it mapped. A file that shrinks meanwhile reads as zeros where it was, and is
 * reported here, instead of ending the process. Safe for any number of threads; the owner closes it when nothing maps the
 * file any more.
 */
final class FileGuard implements AutoCloseable {
    private final int guard;

    private FileGuard(int guard) {
        this.guard = guard;
    }

    /** Watches over a file; call it before the file is mapped. */
    static FileGuard of(Path file) {
        try {
            return new FileGuard(qg_file_guard(file.toString()));
        } catch (RuntimeException e) {
            throw NativeErrors.translate(e);
        }
    }

    /**
     * Does nothing while the file is whole.
     *
     * @throws NativeAbortException when native code has read zeros in place of the file
     */
    void requireWhole() {
        if (qg_file_guard_damaged(guard)) {
            throw new NativeAbortException("the model's file has shrunk while it is in use");
        }
    }

    /** Gives back the memory that the mapped file takes up now; what is read again comes back from the page cache. */
    void dropPages() {
        qg_file_guard_drop_pages(guard);
    }

    @Override
    public void close() {
        qg_file_guard_release(guard);
    }
}
