package dev.quantgate.gateway.grpc;

import dev.quantgate.gateway.routing.Admission;

/**
 * What every call needs to know of the server.
 *
 * @param admission lets calls in
 * @param maxMessageBytes most bytes of one request message, compressed or not
 */
record CallSettings(Admission admission, int maxMessageBytes) {}
