package dev.quantgate.worker.llamacpp.schedule;

/** Keeps the keys and values of a request that has ended. Called on the loop's thread, once at most. */
@FunctionalInterface
public interface StateKeeper {
    /** Takes the state out of the engine; {@code tokens} are those that it holds. */
    void keep(DecodeEngine engine, int sequence, int[] tokens);
}
