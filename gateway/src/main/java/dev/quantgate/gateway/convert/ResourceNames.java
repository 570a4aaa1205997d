package dev.quantgate.gateway.convert;

import dev.quantgate.worker.api.AdapterRef;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.SessionRef;
import dev.quantgate.worker.api.WorkerException;
import dev.quantgate.worker.api.WorkerFailure;

/** Resource names of the public API: reads them from requests and writes them into answers. */
public final class ResourceNames {
    private static final String MODELS = "models/";
    private static final String VARIANTS = "/variants/";
    private static final String ADAPTERS = "/adapters/";
    private static final String SESSIONS = "/sessions/";
    private static final String OPERATIONS = "operations/";
    private static final String WORKERS = "workers/";

    private ResourceNames() {}

    /**
     * Reads {@code models/{m}}, {@code models/{m}/variants/{v}}, {@code {m}} or {@code {m}:{v}}.
     *
     * @throws WorkerException INVALID_REQUEST that names {@code field}
     */
    public static ModelRef parseModel(String text, String field) {
        if (text.isEmpty()) {
            throw invalid(
                    field, text, "models/{model}, models/{model}/variants/{variant}, {model} or {model}:{variant}");
        }
        var resource = text.startsWith(MODELS);
        var body = resource ? text.substring(MODELS.length()) : text;
        var separator = resource ? VARIANTS : ":";
        var cut = body.indexOf(separator);
        if (cut < 0) {
            return ModelRef.of(Names.requireModel(body, field));
        }
        var model = Names.requireModel(body.substring(0, cut), field);
        return ModelRef.of(model, Names.requireVariant(body.substring(cut + separator.length()), field));
    }

    /** Reads a model's name and refuses one that names a variant as well. */
    public static String parseWholeModel(String text, String field) {
        var ref = parseModel(text, field);
        if (ref.variant().isPresent()) {
            throw invalid(field, text, "models/{model}, without a variant");
        }
        return ref.model();
    }

    /** Reads {@code models/{m}/adapters/{a}}. */
    public static AdapterRef parseAdapter(String text, String field) {
        var cut = cut(text, ADAPTERS, field, "models/{model}/adapters/{adapter}");
        return new AdapterRef(
                Names.requireModel(text.substring(MODELS.length(), cut), field),
                Names.requireVariant(text.substring(cut + ADAPTERS.length()), field));
    }

    /** Reads {@code models/{m}/sessions/{s}}. */
    public static SessionRef parseSession(String text, String field) {
        var cut = cut(text, SESSIONS, field, "models/{model}/sessions/{session}");
        return new SessionRef(
                Names.requireModel(text.substring(MODELS.length(), cut), field),
                Names.requireVariant(text.substring(cut + SESSIONS.length()), field));
    }

    /** Where the name of a model ends and {@code separator} begins. */
    private static int cut(String text, String separator, String field, String expected) {
        var cut = text.indexOf(separator);
        if (!text.startsWith(MODELS) || cut < MODELS.length()) {
            throw invalid(field, text, expected);
        }
        return cut;
    }

    /** Reads {@code operations/{id}} or {@code {id}}. */
    public static String parseOperation(String text, String field) {
        var id = text.startsWith(OPERATIONS) ? text.substring(OPERATIONS.length()) : text;
        if (!Names.isVariant(id)) {
            throw invalid(field, text, "operations/{id}");
        }
        return id;
    }

    /** Reads {@code workers/{id}} or {@code {id}}. */
    public static String parseWorker(String text, String field) {
        var id = text.startsWith(WORKERS) ? text.substring(WORKERS.length()) : text;
        if (!Names.isVariant(id)) {
            throw invalid(field, text, "workers/{id}");
        }
        return id;
    }

    public static String model(String model) {
        return MODELS + model;
    }

    public static String variant(String model, String variant) {
        return MODELS + model + VARIANTS + variant;
    }

    public static String session(String model, String session) {
        return MODELS + model + SESSIONS + session;
    }

    public static String adapter(String model, String adapter) {
        return MODELS + model + ADAPTERS + adapter;
    }

    /** Writes {@code model:variant}, as workers report it, as a resource name. */
    public static String loaded(String modelAndVariant) {
        var cut = modelAndVariant.indexOf(':');
        return cut < 0
                ? model(modelAndVariant)
                : variant(modelAndVariant.substring(0, cut), modelAndVariant.substring(cut + 1));
    }

    public static String operation(String id) {
        return OPERATIONS + id;
    }

    public static String worker(String id) {
        return WORKERS + id;
    }

    private static WorkerException invalid(String field, String text, String expected) {
        var shown = text.length() > 80 ? text.substring(0, 80) + "..." : text;
        return WorkerFailure.invalid(field, "\"" + shown + "\" (expected: " + expected + ")")
                .asException();
    }
}
