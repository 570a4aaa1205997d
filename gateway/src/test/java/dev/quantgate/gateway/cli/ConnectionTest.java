package dev.quantgate.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionTest {
    @ParameterizedTest
    @CsvSource({"127.0.0.1:8000, 127.0.0.1, 8000", "some.host:1, some.host, 1", "[::1]:65535, ::1, 65535"})
    void anEndpointIsAHostAndAPort(String endpoint, String host, int port) {
        var address = Connection.parse(endpoint);

        assertThat(address.getHostString()).isEqualTo(host);
        assertThat(address.getPort()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", ":8000", "host:", "host:0", "host:65536", "host:x", "http://host"})
    void anythingElseIsWrongUsage(String endpoint) {
        assertThatThrownBy(() -> Connection.parse(endpoint))
                .isInstanceOf(CliException.class)
                .hasMessage("--endpoint: " + endpoint + " (expected: HOST:PORT, such as 127.0.0.1:8000)");
        assertThat(CliRun.of("ps", "--endpoint", endpoint).code()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void whereNobodyListensTheGatewayIsUnavailable() throws IOException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        var run = CliRun.of("ps", "--endpoint", "127.0.0.1:" + port);

        assertThat(run.code()).isEqualTo(ExitCodes.UNAVAILABLE);
        assertThat(run.err()).contains("Is the gateway running?").doesNotContain("\tat ");
    }

    @Test
    void aMissingAuthorityIsWrongUsage() {
        var run = CliRun.of("ps", "--tls", "--ca-cert", "no-such.pem", "--endpoint", "127.0.0.1:1");

        assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).isEqualToIgnoringNewLines("quantgate: --ca-cert: no-such.pem cannot be read");
    }

    @Test
    void aGatewayForOneCommandReadsTheSameFileAsServe() {
        assertThat(LocalGateway.file(Map.of("QUANTGATE_CONFIG", "q.yaml"))).contains(Path.of("q.yaml"));
        assertThat(LocalGateway.file(Map.of("QUANTGATE_CONFIG", ""))).isEqualTo(Optional.empty());
        assertThat(LocalGateway.file(Map.of())).isEqualTo(Optional.empty());
    }
}
