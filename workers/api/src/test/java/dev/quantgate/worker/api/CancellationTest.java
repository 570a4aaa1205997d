package dev.quantgate.worker.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTest {
    private final Cancellation cancellation = new Cancellation();
    private final AtomicInteger runs = new AtomicInteger();

    @Test
    void callbacksRunOnceHoweverOftenItFires() {
        cancellation.onCancel(runs::incrementAndGet);
        assertThat(runs).hasValue(0);

        cancellation.cancel();
        cancellation.cancel();

        assertThat(runs).hasValue(1);
        assertThat(cancellation.isCancelled()).isTrue();
    }

    @Test
    void aLateCallbackRunsAtOnce() {
        cancellation.cancel();

        cancellation.onCancel(runs::incrementAndGet);

        assertThat(runs).hasValue(1);
    }

    @Test
    void aCallbackMayCancelAgain() {
        cancellation.onCancel(cancellation::cancel);
        cancellation.onCancel(runs::incrementAndGet);

        cancellation.cancel();

        assertThat(runs).hasValue(1);
    }
}
