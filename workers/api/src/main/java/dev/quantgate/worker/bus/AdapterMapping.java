package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireGeneration;
import dev.quantgate.bus.v1.WireModels;
import dev.quantgate.worker.api.AdapterRecord;
import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.inference.AdapterUse;

/** LoRA adapters on the wire. */
final class AdapterMapping {
    private AdapterMapping() {}

    static WireModels.AdapterRef toWire(AdapterRef ref) {
        return WireModels.AdapterRef.newBuilder()
                .setModel(ref.model())
                .setAdapter(ref.adapter())
                .build();
    }

    static AdapterRef fromWire(WireModels.AdapterRef wire) {
        return new AdapterRef(wire.getModel(), wire.getAdapter());
    }

    static WireModels.AdapterRecord toWire(AdapterRecord adapter) {
        return WireModels.AdapterRecord.newBuilder()
                .setName(adapter.name())
                .setSizeBytes(adapter.sizeBytes())
                .setSha256(adapter.sha256())
                .setRank(adapter.rank())
                .setAlpha(adapter.alpha())
                .setCreatedAt(TimeMapping.toWire(adapter.createdAt()))
                .build();
    }

    static AdapterRecord fromWire(WireModels.AdapterRecord wire) {
        return new AdapterRecord(
                wire.getName(),
                wire.getSizeBytes(),
                wire.getSha256(),
                wire.getRank(),
                wire.getAlpha(),
                TimeMapping.fromWire(wire.getCreatedAt()));
    }

    static WireGeneration.AdapterUse toWire(AdapterUse use) {
        return WireGeneration.AdapterUse.newBuilder()
                .setName(use.name())
                .setScale(use.scale())
                .build();
    }

    static AdapterUse fromWire(WireGeneration.AdapterUse wire) {
        return new AdapterUse(wire.getName(), wire.getScale());
    }
}
