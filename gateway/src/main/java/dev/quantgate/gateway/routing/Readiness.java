package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.ModelRef;

/** Whether the gateway, and each model, can serve now. */
public final class Readiness {
    /** The three answers there are. */
    public enum State {
        SERVING,
        NOT_SERVING,
        UNKNOWN
    }

    private final WorkerRouter router;
    private final Admission admission;

    public Readiness(WorkerRouter router, Admission admission) {
        this.router = router;
        this.admission = admission;
    }

    /** Ready while the gateway takes calls and at least one worker does. */
    public boolean isReady() {
        return !admission.isDraining()
                && router.live().stream().anyMatch(worker -> !worker.status().draining());
    }

    /** A model serves while a worker has it in memory; one that no worker has named is unknown. */
    public State ofModel(ModelRef ref) {
        var statuses = router.live().stream().map(worker -> worker.status()).toList();
        if (statuses.stream().noneMatch(status -> status.models().contains(ref.model()))) {
            return State.UNKNOWN;
        }
        var loaded =
                !admission.isDraining() && statuses.stream().anyMatch(status -> WorkerRouter.hasLoaded(status, ref));
        return loaded ? State.SERVING : State.NOT_SERVING;
    }
}
