package dev.quantgate.gateway.config;

import java.nio.file.Path;

/**
 * The model store of the workers in this process.
 *
 * @param root its root folder; made if it is missing
 */
public record StoreConfig(Path root) {
    static StoreConfig read(Section section, Path defaultRoot) {
        var text = section.text("root", "");
        return new StoreConfig(text.isEmpty() ? defaultRoot : Require.path(section.pathOf("root"), text));
    }
}
