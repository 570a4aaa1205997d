package dev.quantgate.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quantgate.gateway.testing.TestGateway;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StartupLogTest {
    private static final String KEY = "correct-horse-battery";

    @Test
    void aPortOnLoopbackIsNoRisk() {
        assertThat(StartupLog.warnings(TestGateway.config(Map.of()))).isEmpty();
    }

    @Test
    void anOpenPortWithoutKeysOrTlsIsWarnedOf() {
        assertThat(StartupLog.warnings(TestGateway.config(Map.of("server.host", "0.0.0.0"))))
                .satisfiesExactly(
                        keys -> assertThat(keys).contains("server.api_keys"),
                        tls -> assertThat(tls).contains("without TLS"));
    }

    @Test
    void keysTakeTheirWarningAway() {
        var config = TestGateway.config(Map.of("server.host", "0.0.0.0", "server.api_keys", KEY));

        assertThat(StartupLog.warnings(config)).singleElement().asString().contains("without TLS");
    }

    @Test
    void clientCertificatesAreAsGoodAsKeys() {
        var config = TestGateway.config(Map.of(
                "server.host", "0.0.0.0",
                "tls.enabled", "true",
                "tls.certificate", "c.pem",
                "tls.private_key", "k.pem",
                "tls.client_ca", "ca.pem"));

        assertThat(StartupLog.warnings(config)).isEmpty();
    }

    @Test
    void theEffectiveConfigurationShowsNoKey() {
        var config = TestGateway.config(Map.of("server.api_keys", KEY));

        assertThat(config.toString()).contains("apiKeys=1 (not shown)").doesNotContain(KEY);
    }
}
