package dev.quantgate.gateway.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** One section of the configuration, read key by key. */
final class Section {
    private final Sources sources;
    private final String path;
    private final Map<?, ?> file;

    Section(Sources sources, String path, Map<?, ?> file) {
        this.sources = sources;
        this.path = path;
        this.file = file;
    }

    String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    Section section(String key) {
        sources.addKnown(pathOf(key));
        var below = file.get(key);
        if (below == null) {
            return new Section(sources, pathOf(key), Map.of());
        }
        if (below instanceof Map<?, ?> map) {
            return new Section(sources, pathOf(key), map);
        }
        throw new ConfigException(pathOf(key) + ": " + below + " (expected: a section with keys)");
    }

    String text(String key, String base) {
        return read(key, base, (name, value) -> value);
    }

    int integer(String key, int base) {
        return read(key, base, Values::integer);
    }

    boolean bool(String key, boolean base) {
        return read(key, base, Values::bool);
    }

    long bytes(String key, long base) {
        return read(key, base, Values::bytes);
    }

    Duration duration(String key, Duration base) {
        return read(key, base, Values::duration);
    }

    /** A list, in the file as a sequence, elsewhere with commas. */
    List<String> texts(String key, List<String> base) {
        var given = sources.value(pathOf(key));
        if (given.isPresent()) {
            return Arrays.stream(given.get().split(",", -1))
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .toList();
        }
        var value = file.get(key);
        if (value == null) {
            return base;
        }
        if (value instanceof List<?> list && isListOfTexts(list)) {
            return list.stream().map(String::valueOf).toList();
        }
        throw new ConfigException(pathOf(key) + ": " + value + " (expected: a list)");
    }

    /**
     * A list like that of {@link #texts} whose values must not be shown. One that is given but empty is refused: a secret
     * that did not arrive must not count as none.
     */
    List<String> secrets(String key) {
        var elsewhere = sources.value(pathOf(key)).isPresent();
        var value = file.get(key);
        if (!elsewhere && value != null && !isListOfTexts(value)) {
            throw new ConfigException(pathOf(key) + ": one value (expected: a list of texts)");
        }
        var values = texts(key, List.of());
        if (elsewhere && values.isEmpty()) {
            throw new ConfigException(pathOf(key) + ": given but empty (expected: one or more, with commas between)");
        }
        return values;
    }

    /** A map with free keys; in overrides and the environment it is {@code name=value} with commas between. */
    Map<String, String> textsByName(String key, Map<String, String> base) {
        var given = sources.value(pathOf(key));
        var result = new TreeMap<String, String>();
        if (given.isPresent()) {
            for (var pair : texts(key, List.of())) {
                var cut = pair.indexOf('=');
                if (cut < 1) {
                    throw new ConfigException(pathOf(key) + ": " + pair + " (expected: name=value, ...)");
                }
                result.put(
                        pair.substring(0, cut).strip(), pair.substring(cut + 1).strip());
            }
            return result;
        }
        var value = file.get(key);
        if (value == null) {
            return base;
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new ConfigException(pathOf(key) + ": " + value + " (expected: names with values)");
        }
        map.forEach((name, item) -> result.put(String.valueOf(name), String.valueOf(item)));
        return result;
    }

    /** The names of a section with free names: those in the file, and those of {@code known} set elsewhere. */
    Set<String> names(Iterable<String> known) {
        var candidates = new TreeSet<String>();
        known.forEach(candidates::add);
        var names = new LinkedHashSet<String>();
        file.keySet().forEach(name -> names.add(String.valueOf(name)));
        names.addAll(sources.overriddenBelow(path, candidates));
        return names;
    }

    private static boolean isListOfTexts(Object value) {
        return value instanceof List<?> list
                && list.stream().noneMatch(item -> item instanceof Map || item instanceof List);
    }

    private <T> T read(String key, T base, BiFunction<String, String, T> parse) {
        var name = pathOf(key);
        var given = sources.value(name);
        if (given.isPresent()) {
            return parse.apply(name, given.get());
        }
        var value = scalar(key);
        return value == null ? base : parse.apply(name, value);
    }

    private @Nullable String scalar(String key) {
        var value = file.get(key);
        if (value instanceof Map || value instanceof List) {
            throw new ConfigException(pathOf(key) + ": " + value + " (expected: one value)");
        }
        return value == null ? null : String.valueOf(value);
    }
}
