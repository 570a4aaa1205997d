package dev.quantgate.gateway.cli;

/** Shortens and lengthens resource names, so that users type {@code m} or {@code m:Q8_0}. */
final class Resources {
    private static final String MODELS = "models/";

    private Resources() {}

    /** {@code m} becomes {@code models/m}, {@code m:v} becomes {@code models/m/variants/v}; full names stay. */
    static String model(String name) {
        if (name.startsWith(MODELS)) {
            return name;
        }
        var colon = name.indexOf(':');
        return colon < 0 ? MODELS + name : MODELS + name.substring(0, colon) + "/variants/" + name.substring(colon + 1);
    }

    static String operation(String name) {
        return name.startsWith("operations/") ? name : "operations/" + name;
    }

    /** The last part of a resource name. */
    static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /** {@code models/m/variants/v} becomes {@code m:v}, {@code models/m} becomes {@code m}. */
    static String display(String name) {
        var shortened = name.startsWith(MODELS) ? name.substring(MODELS.length()) : name;
        return shortened.replace("/variants/", ":");
    }
}
