package dev.quantgate.gateway.cli;

import io.grpc.StatusRuntimeException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that talks to a gateway; subclasses do the talking. */
abstract class RpcCommand implements Callable<Integer> {
    @Mixin
    protected final Connection connection = new Connection();

    @Mixin
    protected final Console console = new Console();

    @Override
    public final Integer call() throws Exception {
        try (connection) {
            return run();
        } catch (StatusRuntimeException failure) {
            throw RpcErrors.explain(failure);
        }
    }

    /** Does the work and returns the exit code. */
    protected abstract int run() throws Exception;
}
