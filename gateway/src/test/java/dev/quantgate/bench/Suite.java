package dev.quantgate.bench;

import java.util.List;

/** A named list of contests, with the processes they share. */
public interface Suite extends AutoCloseable {
    /** The contests in the order in which they run. */
    List<Contest> contests() throws java.io.IOException;

    @Override
    void close();
}
