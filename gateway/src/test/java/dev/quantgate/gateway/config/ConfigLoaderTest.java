package dev.quantgate.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quantgate.gateway.security.ApiKeys;
import dev.quantgate.worker.api.ModelRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigLoaderTest {
    private static final Map<String, String> HOME = Map.of("QUANTGATE_HOME", "/data/q");
    private static final Set<String> BACKENDS = Set.of("llama.cpp", "libtorch");

    @TempDir
    private Path folder;

    private GatewayConfig yaml(String text) throws IOException {
        return load(text, HOME, Map.of());
    }

    private GatewayConfig load(String text, Map<String, String> environment, Map<String, String> overrides)
            throws IOException {
        var file = Files.writeString(folder.resolve("q.yaml"), text);
        return ConfigLoader.load(Optional.of(file), environment, overrides, BACKENDS);
    }

    @Test
    void aGatewayThatIsToldNothingHasTheDefaults() {
        assertThat(ConfigLoader.load(Optional.empty(), HOME, Map.of(), BACKENDS))
                .isEqualTo(GatewayConfig.defaults(Path.of("/data/q")));
    }

    @Test
    void theDefaultsAreThoseOfTheDocumentation() {
        var config = GatewayConfig.defaults(Path.of("/data/q"));

        assertThat(config.server())
                .isEqualTo(new ServerConfig(
                        "127.0.0.1",
                        8000,
                        ApiKeys.NONE,
                        1,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(60),
                        Duration.ZERO));
        assertThat(config.tls()).isEqualTo(new TlsConfig(false, "", "", ""));
        assertThat(config.limits()).isEqualTo(new LimitsConfig(4_194_304, 16_384, 1000));
        assertThat(config.cluster()).isEqualTo(new ClusterConfig(false, "127.0.0.1", 5701, List.of()));
        assertThat(config.workers())
                .isEqualTo(new WorkersConfig(
                        true,
                        Duration.ZERO,
                        Duration.ofSeconds(10),
                        List.of(),
                        new BackendConfig(true, 0, 0, 0, 8, 64, Map.of()),
                        Map.of()));
        assertThat(config.logging()).isEqualTo(new LoggingConfig("info"));
    }

    @Test
    void theFileInConfigEqualsTheDefaults() {
        var file = Path.of("../config/quantgate.yaml");

        assertThat(ConfigLoader.load(Optional.of(file), HOME, Map.of(), BACKENDS))
                .isEqualTo(GatewayConfig.defaults(Path.of("/data/q")));
    }

    @Test
    void everyKeyIsMapped() throws IOException {
        var config = yaml("""
                server: {host: 0.0.0.0, port: 9000, api_keys: [correct-horse-battery], event_loops: 2, drain_timeout: 1m, body_timeout: 9s, idle_timeout: 250ms}
                tls: {enabled: true, certificate: c.pem, private_key: k.pem, client_ca: ca.pem}
                limits: {message_size: 1MiB, header_size: 8KiB, streams_per_connection: 7}
                cluster: {enabled: true, host: 10.0.0.1, port: 6000, members: ["a:1", "b:2"]}
                workers:
                  embedded: false
                  idle_unload: 1h
                  lease_ttl: 2s
                  preload: [tiny, "tiny:Q8_0"]
                  defaults: {enabled: false, threads: 3, memory_limit: 2GiB, context_tokens: 512, sequences: 4, queue_capacity: 5, options: {a: b}}
                  backends:
                    llama.cpp: {threads: 1, options: {kv_type: q8_0}}
                store: {root: /srv/models}
                logging: {level: DEBUG}
                """);

        var defaults = new BackendConfig(false, 3, 2L << 30, 512, 4, 5, Map.of("a", "b"));
        var llama = new BackendConfig(false, 1, 2L << 30, 512, 4, 5, Map.of("kv_type", "q8_0"));
        assertThat(config)
                .isEqualTo(new GatewayConfig(
                        new ServerConfig(
                                "0.0.0.0",
                                9000,
                                ApiKeys.of(List.of("correct-horse-battery")),
                                2,
                                Duration.ofMinutes(1),
                                Duration.ofSeconds(9),
                                Duration.ofMillis(250)),
                        new TlsConfig(true, "c.pem", "k.pem", "ca.pem"),
                        new LimitsConfig(1 << 20, 8 << 10, 7),
                        new ClusterConfig(true, "10.0.0.1", 6000, List.of("a:1", "b:2")),
                        new WorkersConfig(
                                false,
                                Duration.ofHours(1),
                                Duration.ofSeconds(2),
                                List.of(ModelRef.of("tiny"), ModelRef.of("tiny", "Q8_0")),
                                defaults,
                                Map.of("llama.cpp", llama)),
                        new StoreConfig(Path.of("/srv/models")),
                        new LoggingConfig("debug")));
        assertThat(config.workers().backend("libtorch")).isEqualTo(defaults);
    }

    @Test
    void overridesWinOverTheEnvironmentWhichWinsOverTheFile() throws IOException {
        var environment = Map.of(
                "QUANTGATE_SERVER_PORT", "2",
                "QUANTGATE_SERVER_HOST", "::1",
                "QUANTGATE_CLUSTER_MEMBERS", "a:1, b:2",
                "QUANTGATE_WORKERS_BACKENDS_LLAMA_CPP_THREADS", "6",
                "QUANTGATE_WORKERS_BACKENDS_LLAMA_CPP_OPTIONS", "kv_type=f16");

        var config = load("server: {port: 1, host: x, event_loops: 3}", environment, Map.of("server.port", "3"));

        assertThat(config.server().port()).isEqualTo(3);
        assertThat(config.server().host()).isEqualTo("::1");
        assertThat(config.server().eventLoops()).isEqualTo(3);
        assertThat(config.cluster().members()).containsExactly("a:1", "b:2");
        assertThat(config.workers().backend("llama.cpp").threads()).isEqualTo(6);
        assertThat(config.workers().backend("llama.cpp").options()).isEqualTo(Map.of("kv_type", "f16"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "server: {prot: 1}                       | server.prot: unknown key (did you mean server.port?)",
                "sever: {port: 1}                        | sever: unknown key (did you mean server?)",
                "workers: {backends: {x: {thread: 1}}}   | workers.backends.x.thread: unknown key (did you mean workers.backends.x.threads?)",
                "event_loops: 1                          | event_loops: unknown key (did you mean server.event_loops?)",
                "server: {port: 70000}                   | server.port: 70000 (expected: 0 to 65535)",
                "server: {port: x}                       | server.port: x (expected: a whole number)",
                "server: {port: [1]}                     | server.port: [1] (expected: one value)",
                "server: 1                               | server: 1 (expected: a section with keys)",
                "server: {host: ''}                      | server.host: \"\" (expected: not empty)",
                "server: {drain_timeout: 5}              | server.drain_timeout: 5 (expected: a number and one of ms, s, m, h, d, such as 30s)",
                "limits: {message_size: 4MB}             | limits.message_size: 4MB (expected: bytes with an optional KiB, MiB, GiB or TiB)",
                "limits: {message_size: 4TiB}            | limits.message_size: 4398046511104 (expected: 1024 to 1073741824)",
                "tls: {enabled: true}                    | tls.certificate: \"\" (expected: not empty)",
                "tls: {enabled: maybe}                   | tls.enabled: maybe (expected: true or false)",
                "logging: {level: loud}                  | logging.level: loud (expected: one of error, warn, info, debug, trace)",
                "workers: {lease_ttl: 10ms}              | workers.lease_ttl: 10ms (expected: >= 1s)",
                "server: {api_keys: tell-nobody-of-it}   | server.api_keys: one value (expected: a list of texts)",
                "server: {api_keys: [tell-nobody]}       | server.api_keys: a key of 11 characters (expected: 16 to 512 printable ASCII characters without spaces)",
                "server: {api_keys: ['']}                | server.api_keys: a key of 0 characters",
                "server: {api_keys: [{a: tell-nobody}]}  | server.api_keys: one value (expected: a list of texts)",
                "server: {api_keys_file: none.keys}      | server.api_keys_file: none.keys cannot be read",
                "workers: {preload: ['A b']}             | workers.preload: A b (expected: model or model:variant)",
                "cluster: {members: a}                   | cluster.members: a (expected: a list)",
                "- a                                     | q.yaml: no keys",
                "a: {                                    | q.yaml: ",
            })
    void refusesWhatItCannotUse(String text, String message) {
        assertThatThrownBy(() -> yaml(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("tell-nobody");
    }

    @ParameterizedTest
    @CsvSource({"server: {colour: 1}, server.colour", "zebra: 1, zebra", "tls: {x: 1}, tls.x"})
    void suggestsNoKeyWhereNoneIsNear(String text, String key) {
        assertThatThrownBy(() -> yaml(text)).hasMessage(key + ": unknown key");
    }

    @Test
    void keysComeFromTheFileOfKeysAsWell() throws IOException {
        var file = Files.writeString(
                folder.resolve("keys"), "# one for each team\n\ncorrect-horse-battery\n  staple-horse-battery  \n");

        var config =
                load("server: {api_keys: [a-key-of-their-own]}", HOME, Map.of("server.api_keys_file", file.toString()));

        assertThat(config.server().apiKeys())
                .isEqualTo(ApiKeys.of(List.of("a-key-of-their-own", "correct-horse-battery", "staple-horse-battery")));
    }

    @Test
    void aFileOfKeysThatHasNoneDoesNotOpenTheGateway() throws IOException {
        var file = Files.writeString(folder.resolve("keys"), "# later\n");

        assertThatThrownBy(() -> load("", HOME, Map.of("server.api_keys_file", file.toString())))
                .hasMessage("server.api_keys_file: " + file + " has no keys (expected: one key a line)");
    }

    @Test
    void aMalformedLineOfKeysIsNamedButNotShown() throws IOException {
        var file = Files.writeString(folder.resolve("keys"), "correct-horse-battery\ntell-nobody\n");

        assertThatThrownBy(() -> load("", HOME, Map.of("server.api_keys_file", file.toString())))
                .hasMessage("server.api_keys_file: " + file
                        + ", line 2: a key of 11 characters (expected: 16 to 512 printable ASCII characters without"
                        + " spaces)");
    }

    @Test
    void aSecretThatDidNotArriveDoesNotOpenTheGateway() {
        assertThatThrownBy(() -> load("", Map.of("QUANTGATE_SERVER_API_KEYS", ""), Map.of()))
                .hasMessage("server.api_keys: given but empty (expected: one or more, with commas between)");
    }

    @Test
    void refusesUnknownVariablesOfItsSectionsAndNoOthers() throws IOException {
        assertThatThrownBy(() -> load("", Map.of("QUANTGATE_SERVER_PROT", "1"), Map.of()))
                .hasMessage("QUANTGATE_SERVER_PROT: unknown key (did you mean QUANTGATE_SERVER_PORT?)");

        // Set by launchers, and by orchestrators for a service of this name.
        load("", Map.of("QUANTGATE_JAVA_OPTS", "-Xmx1g", "QUANTGATE_PORT_8000_TCP", "tcp://10.0.0.1"), Map.of());
    }

    @Test
    void refusesUnknownOverrides() {
        assertThatThrownBy(() -> load("", Map.of(), Map.of("server.prot", "1")))
                .hasMessage("server.prot: unknown key (did you mean server.port?)");
    }

    @Test
    void theOperationsGuideNamesKeysThatExist() throws IOException {
        var guide = Files.readString(Path.of("../docs/operations.md"));
        var keys = Pattern.compile("`((?:server|tls|limits|cluster|workers|store|logging)\\.[a-z_.]+)`")
                .matcher(guide)
                .results()
                .map(match -> match.group(1))
                .filter(key -> !key.endsWith(".options"))
                .distinct()
                .toList();

        assertThat(keys).contains("server.drain_timeout", "limits.message_size");
        assertThat(keys).allSatisfy(key -> {
            // No key takes this value, so each is refused for the value; one that does not exist, for its name.
            var failure = catchThrowable(() -> ConfigLoader.load(Optional.empty(), HOME, Map.of(key, "?"), BACKENDS));
            assertThat(failure).hasMessageStartingWith(key).hasMessageNotContaining("unknown key");
        });
    }

    @Test
    void refusesAFileThatIsNotText() throws IOException {
        var file = Files.write(folder.resolve("bytes.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 1});

        assertThatThrownBy(() -> ConfigLoader.load(Optional.of(file), HOME, Map.of(), BACKENDS))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("bytes.yaml: cannot be read (expected: a readable YAML file in UTF-8)");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(() -> ConfigLoader.load(Optional.of(folder.resolve("none.yaml")), HOME, Map.of(), BACKENDS))
                .hasMessageContaining("none.yaml: cannot be read");
    }
}
