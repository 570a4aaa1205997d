package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.backend.AdapterFiles;
import dev.quantgate.worker.api.inference.AdapterUse;
import dev.quantgate.worker.llamacpp.gguf.GgufFile;
import dev.quantgate.worker.llamacpp.quantize.ModelFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Finds the LoRA adapters that requests name and verifies them against the model. Thread-safe; reads files.
 *
 * @param base structure of the model's file
 * @param files where adapters are found
 */
public record AdapterChoice(GgufFile base, AdapterFiles files) {

    /**
     * The adapters of a request; one that counts with 0 is as good as none.
     *
     * @throws WorkerException ADAPTER_NOT_FOUND, INVALID_MODEL
     */
    List<LoraAdapters.Wanted> resolve(List<AdapterUse> uses) {
        var wanted = new LinkedHashMap<String, LoraAdapters.Wanted>();
        for (var use : uses) {
            var found = files.find(use.name());
            var size = ModelFiles.verifyAdapter(found.file(), base).weightsBytes();
            // Two names of one file: what they add, adds up.
            wanted.merge(
                    found.sha256(),
                    new LoraAdapters.Wanted(found.file(), found.sha256(), size, use.scale()),
                    LoraAdapters.Wanted::plus);
        }
        var counting = new ArrayList<>(wanted.values());
        counting.removeIf(adapter -> adapter.scale() == 0);
        return counting;
    }
}
