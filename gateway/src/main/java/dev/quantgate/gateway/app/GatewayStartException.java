package dev.quantgate.gateway.app;

/** The gateway or a worker process could not start; the message says why, in words for people. */
public final class GatewayStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GatewayStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
