package dev.quantgate.worker.llamacpp.schedule;

/** The state by which one request chooses its tokens: seed, penalties, grammar. Closed by whoever ends the request. */
public interface TokenSampler extends AutoCloseable {
    @Override
    void close();
}
