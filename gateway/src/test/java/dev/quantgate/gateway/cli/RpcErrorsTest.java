package dev.quantgate.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.junit.jupiter.api.Test;

final class RpcErrorsTest {
    private static StatusRuntimeException failure(Status.Code code, String message, Message detail) {
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage(message)
                .addDetails(Any.pack(detail))
                .build());
    }

    private static BadRequest badField(String description) {
        return BadRequest.newBuilder()
                .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                        .setField("sampling.top_p")
                        .setDescription(description))
                .build();
    }

    @Test
    void aBadFieldIsNamed() {
        var explained = RpcErrors.explain(failure(Status.Code.INVALID_ARGUMENT, "refused", badField("too large")));

        assertThat(explained).hasMessage("refused: too large [field sampling.top_p]");
        assertThat(explained.exitCode()).isEqualTo(ExitCodes.REFUSED);
    }

    @Test
    void aReasonThatTheMessageGivesIsNotRepeated() {
        var explained =
                RpcErrors.explain(failure(Status.Code.INVALID_ARGUMENT, "top_p: too large", badField("too large")));

        assertThat(explained).hasMessage("top_p: too large [field sampling.top_p]");
    }

    @Test
    void aFullQueueSaysWhenToTryAgain() {
        var delay = Duration.newBuilder().setSeconds(1).setNanos(500_000_000);

        var explained = RpcErrors.explain(failure(
                Status.Code.RESOURCE_EXHAUSTED,
                "queue full",
                RetryInfo.newBuilder().setRetryDelay(delay).build()));

        assertThat(explained).hasMessage("queue full (try again in 1.5 s)");
        assertThat(explained.exitCode()).isEqualTo(ExitCodes.EXHAUSTED);
    }

    @Test
    void whereNobodyAnswersThereIsAHint() {
        var explained = RpcErrors.explain(Status.UNAVAILABLE.asRuntimeException());

        assertThat(explained)
                .hasMessageStartingWith("the gateway answered UNAVAILABLE")
                .hasMessageContaining("quantgate serve");
    }
}
