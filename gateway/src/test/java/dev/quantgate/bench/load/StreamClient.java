package dev.quantgate.bench.load;

import java.util.concurrent.CompletionStage;

/** A client of a server that streams. */
public interface StreamClient extends AutoCloseable {
    /** Sends a request and notes when each part of the answer comes. */
    CompletionStage<Trace> send(Request request);

    @Override
    void close();
}
