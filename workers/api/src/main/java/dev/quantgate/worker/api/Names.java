package dev.quantgate.worker.api;

import java.util.regex.Pattern;

/** The grammar of model, variant, worker and operation names; every name from outside passes here before it is used. */
public final class Names {
    /** The imported form of a model. */
    public static final String SOURCE_VARIANT = "source";

    private static final Pattern MODEL = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final Pattern VARIANT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private Names() {}

    public static boolean isModel(String name) {
        return MODEL.matcher(name).matches() && !name.contains("..");
    }

    public static boolean isVariant(String name) {
        return VARIANT.matcher(name).matches() && !name.contains("..");
    }

    /** Returns {@code name} or throws {@link WorkerException} (INVALID_REQUEST) that names {@code field}. */
    public static String requireModel(String name, String field) {
        if (!isModel(name)) {
            throw WorkerFailure.invalid(
                            field,
                            quote(name) + " (expected: 1 to 63 characters of a-z, 0-9, '.', '_' and '-',"
                                    + " starting with a letter or digit)")
                    .asException();
        }
        return name;
    }

    /** Returns {@code name} or throws {@link WorkerException} (INVALID_REQUEST) that names {@code field}. */
    public static String requireVariant(String name, String field) {
        if (!isVariant(name)) {
            throw WorkerFailure.invalid(
                            field,
                            quote(name) + " (expected: 1 to 63 characters of A-Z, a-z, 0-9, '.', '_' and '-',"
                                    + " starting with a letter or digit)")
                    .asException();
        }
        return name;
    }

    private static String quote(String name) {
        return '"' + (name.length() > 80 ? name.substring(0, 80) + "..." : name) + '"';
    }
}
