package dev.quantgate.natives.llama;

/** Hears how far the loading of a model has come; called on the loading thread. */
@FunctionalInterface
public interface LoadProgress {
    /** Listens to nothing and never stops a load. */
    LoadProgress NONE = fraction -> true;

    /**
     * Called now and then.
     *
     * @param fraction done so far, 0 to 1
     * @return whether to go on; {@code false} ends the load with a {@link java.util.concurrent.CancellationException}
     */
    boolean onProgress(float fraction);
}
