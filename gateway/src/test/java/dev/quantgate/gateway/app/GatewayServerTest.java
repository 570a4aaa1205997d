package dev.quantgate.gateway.app;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.WorkerDirectory;
import dev.quantgate.worker.api.WorkerFailure;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class GatewayServerTest {
    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void aGatewayWithoutWorkersThatNobodyMayJoinEnds() {
        var config = TestGateway.config(Map.of("workers.embedded", "true"));

        assertThatThrownBy(() -> GatewayServer.serve(
                        config, (vertx, same) -> Future.succeededFuture(new BrokenWorkers()), listening -> {}))
                .isInstanceOf(GatewayStartException.class)
                .hasMessage("the workers cannot start: the store is damaged");
    }

    private record BrokenWorkers() implements Workers {
        @Override
        public WorkerDirectory directory() {
            return new FakeDirectory();
        }

        @Override
        public Future<Void> started() {
            return Future.failedFuture(WorkerFailure.of(FailureKind.FAILED_PRECONDITION, "the store is damaged")
                    .asException());
        }

        @Override
        public void nodeLeft(String nodeId) {}

        @Override
        public Future<Void> stop(Duration limit) {
            return Future.succeededFuture();
        }
    }
}
