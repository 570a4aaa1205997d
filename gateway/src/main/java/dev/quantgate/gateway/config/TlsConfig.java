package dev.quantgate.gateway.config;

/**
 * TLS on the gateway's port.
 *
 * @param enabled whether the port speaks TLS
 * @param certificate PEM file with the certificate chain
 * @param privateKey PEM file with the private key
 * @param clientCa PEM file with the authority that client certificates must come from; empty asks for none
 */
public record TlsConfig(boolean enabled, String certificate, String privateKey, String clientCa) {
    public static final TlsConfig DEFAULT = new TlsConfig(false, "", "", "");

    public TlsConfig {
        if (enabled) {
            Require.text("tls.certificate", certificate);
            Require.text("tls.private_key", privateKey);
        }
    }

    static TlsConfig read(Section section) {
        return new TlsConfig(
                section.bool("enabled", DEFAULT.enabled),
                section.text("certificate", DEFAULT.certificate),
                section.text("private_key", DEFAULT.privateKey),
                section.text("client_ca", DEFAULT.clientCa));
    }
}
