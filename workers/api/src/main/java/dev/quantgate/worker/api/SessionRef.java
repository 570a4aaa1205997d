package dev.quantgate.worker.api;

/**
 * Names the saved state of a conversation with a model.
 *
 * @param model name of the model
 * @param session name of the session
 */
public record SessionRef(String model, String session) {

    public SessionRef {
        Names.requireModel(model, "model");
        Names.requireVariant(session, "session");
    }
}
