package dev.quantgate.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeOperation;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.worker.api.LoadState;
import dev.quantgate.worker.api.OperationState;
import dev.quantgate.worker.api.QuantizeRequest;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code quantize} and {@code operations}. */
final class QuantizeCommandTest {
    private final FakeWorker worker = new FakeWorker("w1")
            .with(Records.model(
                    "smol",
                    "llama",
                    Records.variant("source", LoadState.UNLOADED),
                    Records.variant("Q8_0", LoadState.UNLOADED)));
    private final TestGateway gateway = TestGateway.over(new FakeDirectory(worker));

    @AfterEach
    void close() {
        gateway.close();
    }

    private void operationIs(OperationState state) {
        var operation = new FakeOperation(Records.operation("op1", state));
        worker.operations.put("op1", operation);
        worker.quantizer = request -> CompletableFuture.completedStage(operation.present());
    }

    @Test
    void theEndNamesTheVariantAndItsSizes() {
        operationIs(OperationState.SUCCEEDED);

        var run = CliRun.at(gateway, "quantize", "smol", "--type", "Q8_0", "--allow-requantize");

        assertThat(run.code()).isEqualTo(ExitCodes.OK);
        assertThat(run.out()).startsWith("smol:Q8_0: 2.0 kB -> 1.0 kB (0.50 of the source) in 1.5 s");
        assertThat(run.err()).contains("100%");
        assertThat(worker.calls)
                .filteredOn(QuantizeRequest.class::isInstance)
                .singleElement()
                .satisfies(call -> {
                    assertThat(((QuantizeRequest) call).type()).isEqualTo("Q8_0");
                    assertThat(((QuantizeRequest) call).allowRequantize()).isTrue();
                });
    }

    @Test
    void aFailedOperationIsAFailedCommand() {
        operationIs(OperationState.FAILED);

        var run = CliRun.at(gateway, "quantize", "smol", "--type", "Q8_0");

        assertThat(run.code()).isEqualTo(ExitCodes.EXHAUSTED);
        assertThat(run.err()).contains("quantgate: operations/op1: no room for 5 bytes");
    }

    @Test
    void aCancelledOperationHasItsOwnExitCode() {
        operationIs(OperationState.CANCELLED);

        assertThat(CliRun.at(gateway, "operations", "watch", "op1").code()).isEqualTo(ExitCodes.CANCELLED);
    }

    @Test
    void withoutWaitingTheOperationIsPrinted() {
        operationIs(OperationState.RUNNING);

        assertThat(CliRun.at(gateway, "quantize", "smol", "--no-wait").out()).isEqualToIgnoringNewLines("op1");
        assertThat(CliRun.at(gateway, "quantize", "smol", "--no-wait", "--json").json())
                .singleElement()
                .satisfies(operation -> assertThat(operation.getString("name")).isEqualTo("operations/op1"));
    }

    @Test
    void operationsAreListedAndCancelled() {
        operationIs(OperationState.RUNNING);

        assertThat(CliRun.at(gateway, "operations", "ls").out())
                .contains("op1", "quantize", "smol:Q8_0", "running", "50%");
        assertThat(CliRun.at(gateway, "operations", "ls", "--json").json()).hasSize(1);
        assertThat(CliRun.at(gateway, "operations", "cancel", "op1").out())
                .isEqualToIgnoringNewLines("op1 is asked to stop");
        assertThat(worker.calls).contains("cancel op1");
        assertThat(CliRun.at(gateway, "operations", "cancel", "nope").code()).isEqualTo(ExitCodes.NOT_FOUND);
    }
}
