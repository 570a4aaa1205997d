package dev.quantgate.gateway.config;

/**
 * What one client may ask for.
 *
 * @param messageBytes most bytes of one gRPC message or HTTP body, 1 KiB to 1 GiB
 * @param headerBytes most bytes of a request's headers, 1 KiB to 1 MiB
 * @param streamsPerConnection most calls that run at once on one HTTP/2 connection
 */
public record LimitsConfig(long messageBytes, long headerBytes, int streamsPerConnection) {
    public static final LimitsConfig DEFAULT = new LimitsConfig(4 << 20, 16 << 10, 1000);

    public LimitsConfig {
        Require.range("limits.message_size", messageBytes, 1 << 10, 1 << 30);
        Require.range("limits.header_size", headerBytes, 1 << 10, 1 << 20);
        Require.range("limits.streams_per_connection", streamsPerConnection, 1, 1_000_000);
    }

    static LimitsConfig read(Section section) {
        return new LimitsConfig(
                section.bytes("message_size", DEFAULT.messageBytes),
                section.bytes("header_size", DEFAULT.headerBytes),
                section.integer("streams_per_connection", DEFAULT.streamsPerConnection));
    }
}
