package dev.quantgate.worker.bus;

import io.vertx.core.Vertx;

/**
 * What all exchanges of one gateway share.
 *
 * @param vertx where it runs
 * @param bus its bus
 * @param address where it hears data, ends and replies
 * @param inFlight its streams and calls
 * @param liveness how long it waits
 */
record Gateway(Vertx vertx, Bus bus, String address, InFlight inFlight, Liveness liveness) {}
