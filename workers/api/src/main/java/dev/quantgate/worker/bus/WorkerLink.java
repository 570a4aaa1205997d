package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireBus.Hello;
import dev.quantgate.worker.api.WorkerStatus;
import java.time.Instant;

/** What a gateway knows of its connection to one worker. Fields are written on the gateway's context alone. */
final class WorkerLink {
    private final String address;
    private final String processId;
    private final String nodeId;
    private final Instant heardAt;
    private volatile WorkerStatus status;
    private volatile State state = State.CANDIDATE;

    WorkerLink(Hello hello, Instant heardAt) {
        this.address = hello.getAddress();
        this.processId = hello.getProcessId();
        this.nodeId = hello.getNodeId();
        this.heardAt = heardAt;
        this.status = StatusMapping.fromWire(hello.getStatus());
    }

    /** Where a connection is. */
    enum State {
        /** Announced, not yet reached. */
        CANDIDATE,
        /** Answers pings. */
        CONNECTED,
        /** Stopped to answer; may come back. */
        LOST,
        /** Left, or its node died; does not come back. */
        GONE
    }

    String workerId() {
        return status.id();
    }

    String address() {
        return address;
    }

    String nodeId() {
        return nodeId;
    }

    boolean embedded() {
        return processId.equals(Bus.PROCESS_ID);
    }

    Instant heardAt() {
        return heardAt;
    }

    WorkerStatus status() {
        return status;
    }

    State state() {
        return state;
    }

    boolean lost() {
        return switch (state) {
            case CANDIDATE, CONNECTED -> false;
            case LOST, GONE -> true;
        };
    }

    void become(State next) {
        state = next;
    }

    void report(WorkerStatus next) {
        status = next;
    }
}
