package dev.quantgate.gateway.config;

import java.util.List;

/**
 * Worker processes beside the gateway's own.
 *
 * @param enabled whether others may join
 * @param host address that the event bus and the membership protocol bind
 * @param port port of the membership protocol, 0 to 65535; 0 takes a free one
 * @param members other members as {@code host:port}; workers need the gateway's, the gateway itself none
 */
public record ClusterConfig(boolean enabled, String host, int port, List<String> members) {
    public static final ClusterConfig DEFAULT = new ClusterConfig(false, "127.0.0.1", 5701, List.of());

    public ClusterConfig {
        Require.text("cluster.host", host);
        Require.range("cluster.port", port, 0, 65_535);
        members = List.copyOf(members);
    }

    static ClusterConfig read(Section section) {
        return new ClusterConfig(
                section.bool("enabled", DEFAULT.enabled),
                section.text("host", DEFAULT.host),
                section.integer("port", DEFAULT.port),
                section.texts("members", DEFAULT.members));
    }
}
