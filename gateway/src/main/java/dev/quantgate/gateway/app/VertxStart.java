package dev.quantgate.gateway.app;

import dev.quantgate.gateway.config.ServerConfig;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/** Makes the Vert.x instance of a process that is alone. */
final class VertxStart {
    /** Beside the port's loops: one for the gateway's end of the bus and one for the workers' mailboxes. */
    private static final int OTHER_LOOPS = 2;

    private VertxStart() {}

    static Vertx local(ServerConfig server) {
        return Vertx.vertx(options(server));
    }

    static VertxOptions options(ServerConfig server) {
        return new VertxOptions()
                .setEventLoopPoolSize(server.eventLoops() + OTHER_LOOPS)
                // Nothing is served from the class path, so nothing needs to be unpacked into a cache folder.
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
    }
}
