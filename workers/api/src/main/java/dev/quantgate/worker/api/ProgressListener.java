package dev.quantgate.worker.api;

/** Hears how far a long job is, on the job's thread. */
@FunctionalInterface
public interface ProgressListener {
    /**
     * Takes a piece of news.
     *
     * @param fraction 0 to 1
     * @param step in words, such as {@code loading tensors}
     */
    void progress(double fraction, String step);
}
