package dev.quantgate.gateway.cli;

import io.vertx.core.Vertx;

/** A gateway inside this process, for one command. */
final class LocalGateway implements AutoCloseable {
    static LocalGateway start() {
        throw new IllegalStateException("pending");
    }

    Vertx vertx() {
        throw new IllegalStateException("pending");
    }

    int port() {
        return 0;
    }

    @Override
    public void close() {}
}
