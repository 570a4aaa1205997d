package dev.quantgate.worker.api.backend;

import java.nio.file.Path;

/**
 * Where a loaded model keeps the sessions of its requests.
 *
 * @param folder of the model's sessions, one file {@code <name>.session} for each; made when the first is saved
 * @param modelSha256 of the variant's main file: a session belongs to one variant
 */
public record SessionPlace(Path folder, String modelSha256) {
    /** What a session's file is called beyond its name. */
    public static final String SUFFIX = ".session";

    /** Where the session of that name is. */
    public Path file(String session) {
        return folder.resolve(session + SUFFIX);
    }
}
