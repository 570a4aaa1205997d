package dev.quantgate.worker.bus;

import dev.quantgate.bus.v1.WireModels;
import dev.quantgate.worker.api.SessionRecord;
import dev.quantgate.worker.api.SessionRef;

/** Sessions on the wire. */
final class SessionMapping {
    private SessionMapping() {}

    static WireModels.SessionRef toWire(SessionRef ref) {
        return WireModels.SessionRef.newBuilder()
                .setModel(ref.model())
                .setSession(ref.session())
                .build();
    }

    static SessionRef fromWire(WireModels.SessionRef wire) {
        return new SessionRef(wire.getModel(), wire.getSession());
    }

    static WireModels.SessionRecord toWire(SessionRecord session) {
        return WireModels.SessionRecord.newBuilder()
                .setName(session.name())
                .setSizeBytes(session.sizeBytes())
                .setSavedAt(TimeMapping.toWire(session.savedAt()))
                .build();
    }

    static SessionRecord fromWire(WireModels.SessionRecord wire) {
        return new SessionRecord(wire.getName(), wire.getSizeBytes(), TimeMapping.fromWire(wire.getSavedAt()));
    }
}
