package dev.quantgate.natives.torch;

/** Receives the progress of unpacking the native libraries, which happens once per version and cache directory. */
@FunctionalInterface
public interface UnpackProgress {

    /** Ignores every report. */
    UnpackProgress NONE = (library, doneBytes, totalBytes) -> {};

    /**
     * Reports bytes written so far.
     *
     * @param library file name of the library being written
     * @param doneBytes bytes written of all libraries, 0 to {@code totalBytes}
     * @param totalBytes size of all libraries that have to be unpacked
     */
    void unpacked(String library, long doneBytes, long totalBytes);
}
