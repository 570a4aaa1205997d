package dev.quantgate.worker.llamacpp.schedule;

/**
 * Lets a cancelled prompt stop a step that is computing it. The other requests of that step lose nothing but time: it is
 * run again without the cancelled one.
 */
final class AbortGate {
    /** A step with fewer tokens of the cancelled prompt ends soon anyway. */
    static final int MIN_ABORTED_TOKENS = 32;

    private final DecodeEngine engine;
    private boolean shuttingDown;
    private boolean decoding;

    AbortGate(DecodeEngine engine) {
        this.engine = engine;
    }

    /** Any thread may call it. */
    synchronized void cancel(DecodeRequest request) {
        request.markCancelled();
        if (request.prefillInFlight()) {
            engine.requestAbort();
        }
    }

    /** Stops the step that runs, and every one that starts later. */
    synchronized void shutDown() {
        shuttingDown = true;
        if (decoding) {
            engine.requestAbort();
        }
    }

    /** Before a step; false if one of its requests was cancelled meanwhile. */
    synchronized boolean enter(StepPlan plan) {
        if (shuttingDown) {
            return false;
        }
        engine.clearAbort();
        for (int i = 0; i < plan.size(); i++) {
            if (plan.request(i).cancelled()) {
                leave(plan);
                return false;
            }
            plan.request(i).prefillInFlight(plan.count(i) >= MIN_ABORTED_TOKENS);
        }
        decoding = true;
        return true;
    }

    synchronized void leave(StepPlan plan) {
        decoding = false;
        for (int i = 0; i < plan.size(); i++) {
            plan.request(i).prefillInFlight(false);
        }
    }
}
