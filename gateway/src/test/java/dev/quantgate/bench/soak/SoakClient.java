package dev.quantgate.bench.soak;

import java.time.Duration;

/** Asks a gateway for one answer after the other. */
interface SoakClient extends AutoCloseable {
    /** How long a client that stalls does not read. */
    Duration STALL = Duration.ofSeconds(2);
    /** How long an answer may take altogether. */
    Duration PATIENCE = Duration.ofMinutes(2);

    /** Asks once and treats the answer as told. */
    Answer ask(Task task, Behaviour behaviour, int parts) throws Exception;

    @Override
    void close();
}
