package dev.quantgate.bench.encoders;

/** A loaded encoder of some engine. */
interface Forward extends AutoCloseable {
    /** Computes the mean of the last states of each row's tokens; all rows have one length. */
    float[][] pooled(long[][] ids) throws Exception;

    @Override
    void close();
}
