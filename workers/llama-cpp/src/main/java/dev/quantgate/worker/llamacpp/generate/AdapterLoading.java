package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;
import dev.quantgate.worker.llamacpp.schedule.AdapterSet;
import dev.quantgate.worker.llamacpp.schedule.SideTask;
import java.util.List;
import java.util.function.Consumer;

/** Brings the LoRA adapters of a request into memory, on the decode loop's thread, and then lets the request go on. */
final class AdapterLoading implements SideTask {
    private final LoraAdapters adapters;
    private final List<LoraAdapters.Wanted> wanted;
    private final Consumer<AdapterSet> next;
    private final Consumer<WorkerFailure> refusal;

    /** One of the two consumers is called, once; whoever is given a set releases it. */
    AdapterLoading(
            LoraAdapters adapters,
            List<LoraAdapters.Wanted> wanted,
            Consumer<AdapterSet> next,
            Consumer<WorkerFailure> refusal) {
        this.adapters = adapters;
        this.wanted = wanted;
        this.next = next;
        this.refusal = refusal;
    }

    @Override
    public boolean step() {
        AdapterSet set;
        try {
            set = adapters.hold(wanted);
        } catch (WorkerException e) {
            refusal.accept(e.failure());
            return true;
        }
        next.accept(set);
        return true;
    }

    @Override
    public void fail(WorkerFailure failure) {
        refusal.accept(failure);
    }
}
