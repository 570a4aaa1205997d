package dev.quantgate.gateway.grpc;

import dev.quantgate.gateway.routing.Admission;
import dev.quantgate.gateway.security.ApiKeys;

/**
 * What every call needs to know of the server.
 *
 * @param admission lets calls in
 * @param keys what callers must show
 * @param maxMessageBytes most bytes of one request message, compressed or not
 */
record CallSettings(Admission admission, ApiKeys keys, int maxMessageBytes) {
    /** The same for methods that everybody may call. */
    CallSettings open() {
        return new CallSettings(admission, ApiKeys.NONE, maxMessageBytes);
    }
}
