package dev.quantgate.gateway.http.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.Eventually;
import dev.quantgate.gateway.testing.FakeDirectory;
import dev.quantgate.gateway.testing.FakeWorker;
import dev.quantgate.gateway.testing.RawHttp;
import dev.quantgate.gateway.testing.Records;
import dev.quantgate.gateway.testing.ScriptedStream;
import dev.quantgate.gateway.testing.TestGateway;
import dev.quantgate.v1.GenerateRequest;
import dev.quantgate.v1.InferenceServiceGrpc;
import io.vertx.core.http.HttpVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MetricsRouteTest {
    private final FakeWorker worker = new FakeWorker("w1").with(Records.model("smol"), "smol:source");
    private final FakeDirectory directory = new FakeDirectory(worker);
    private final TestGateway gateway = TestGateway.over(directory);
    private final RawHttp http = new RawHttp(gateway.port(), HttpVersion.HTTP_1_1);

    @AfterEach
    void close() {
        http.close();
        gateway.close();
    }

    private String page() {
        return http.get("/metrics").body();
    }

    private static GenerateRequest prompt(String model) {
        return GenerateRequest.newBuilder().setModel(model).setPrompt("hi").build();
    }

    @Test
    void callsOfEitherProtocolAreCountedAndTimed() {
        worker.generator = (request, context, sink) -> ScriptedStream.numbered(sink, 3);
        http.post(
                "/v1/chat/completions",
                "application/json",
                "{\"model\":\"smol\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
        InferenceServiceGrpc.newBlockingStub(gateway.channel())
                .generate(prompt("smol"))
                .forEachRemaining(message -> {});

        Eventually.assertTrue(
                "both are counted",
                () -> page().contains("quantgate_requests_total{method=\"chat\",outcome=\"ok\"} 1.0")
                        && page().contains("quantgate_requests_total{method=\"generate\",outcome=\"ok\"} 1.0"));
        assertThat(page())
                .contains("quantgate_prompt_tokens_total 14.0\n")
                .contains("quantgate_generated_tokens_total 6.0\n")
                .contains("quantgate_cached_tokens_total 4.0\n")
                .contains("quantgate_drafted_tokens_total 12.0\n")
                .contains("quantgate_accepted_draft_tokens_total 2.0\n")
                .contains("quantgate_time_to_first_token_seconds_count 2\n")
                .contains("quantgate_inter_token_latency_seconds_count 4\n")
                .contains("quantgate_queue_seconds_bucket{le=\"5.0E-4\"} 2\n")
                .contains("quantgate_prefill_seconds_bucket{le=\"0.001\"} 0\n")
                .contains("quantgate_prefill_seconds_bucket{le=\"0.0025\"} 2\n")
                .contains("quantgate_prefill_seconds_sum 0.004\n");
    }

    @Test
    void failuresAreCountedByTheirKind() {
        http.post("/v1/completions", "application/json", "{\"model\":\"nope\",\"prompt\":\"x\"}");
        http.post("/v1/embeddings", "application/json", "{\"model\":\"smol\",\"input\":\"x\"}");

        assertThat(page())
                .contains("quantgate_requests_total{method=\"generate\",outcome=\"model_not_found\"} 1.0")
                .contains("quantgate_requests_total{method=\"embed\",outcome=\"unsupported\"} 1.0");
    }

    @Test
    void eachWorkersFiguresAreGaugesWhileItIsThere() {
        assertThat(page())
                .contains("quantgate_worker_batch{backend=\"llama.cpp\",worker=\"w1\"} 1.5")
                .contains("quantgate_worker_up{backend=\"llama.cpp\",worker=\"w1\"} 1.0");

        directory.lose(worker);
        assertThat(page()).contains("quantgate_worker_up{backend=\"llama.cpp\",worker=\"w1\"} 0.0");

        directory.remove(worker);
        assertThat(page()).doesNotContain("worker=\"w1\"");
    }

    @Test
    void thePageIsPrometheusText() {
        var reply = http.get("/metrics");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers().get("content-type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(reply.body())
                .contains("# TYPE quantgate_time_to_first_token_seconds histogram")
                .contains("quantgate_calls_running 0.0")
                .contains("jvm_memory_used_bytes");
    }
}
