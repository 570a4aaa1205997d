package dev.quantgate.gateway.config;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where values come from: overrides win over the environment, which wins over the file. Remembers what was asked for,
 * so that a key which nobody asks for is found.
 */
final class Sources {
    private static final String PREFIX = "QUANTGATE_";

    private final Map<String, String> overrides;
    private final Map<String, String> environment;
    private final Set<String> known = new TreeSet<>();

    Sources(Map<String, String> overrides, Map<String, String> environment) {
        this.overrides = Map.copyOf(overrides);
        this.environment = Map.copyOf(environment);
    }

    /** The value of a key from overrides or environment. */
    Optional<String> value(String key) {
        known.add(key);
        var override = overrides.get(key);
        return Optional.ofNullable(override != null ? override : environment.get(variable(key)));
    }

    void addKnown(String key) {
        known.add(key);
    }

    /** Names one level below {@code path} that overrides mention, such as the backends below {@code workers.backends}. */
    Collection<String> overriddenBelow(String path, Collection<String> candidates) {
        var found = new HashSet<String>();
        for (var name : candidates) {
            var below = path + "." + name + ".";
            if (overrides.keySet().stream().anyMatch(key -> key.startsWith(below))
                    || environment.keySet().stream().anyMatch(key -> key.startsWith(variable(below)))) {
                found.add(name);
            }
        }
        return found;
    }

    /** Refuses every override and every variable of a known section that no key has asked for. */
    void refuseUnknown(List<String> sections) {
        overrides.keySet().stream()
                .filter(key -> !known.contains(key))
                .findFirst()
                .ifPresent(key -> {
                    throw unknown(key, key, known);
                });
        var variables = new TreeSet<String>();
        known.forEach(key -> variables.add(variable(key)));
        // Other variables with the prefix belong to launchers and orchestrators, which name theirs after services.
        environment.keySet().stream()
                .filter(name -> sections.stream().anyMatch(section -> name.startsWith(variable(section) + "_")))
                .filter(name -> !variables.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw unknown(name, name, variables);
                });
    }

    Set<String> known() {
        return known;
    }

    static ConfigException unknown(String shown, String key, Set<String> candidates) {
        return new ConfigException(shown + ": unknown key" + suggestion(key, candidates));
    }

    private static String suggestion(String key, Set<String> candidates) {
        var below = candidates.stream()
                .filter(candidate -> candidate.endsWith("." + key))
                .toList();
        if (below.size() == 1) {
            return hint(below.get(0));
        }
        @Nullable String nearest = null;
        // A word further away than this is another word, not a slip of the keys.
        var best = Math.max(2, lastWordLength(key) / 2) + 1;
        for (var candidate : candidates) {
            var distance = EditDistance.between(key, candidate);
            if (distance < best) {
                best = distance;
                nearest = candidate;
            }
        }
        return nearest == null ? "" : hint(nearest);
    }

    private static String hint(String key) {
        return " (did you mean " + key + "?)";
    }

    private static int lastWordLength(String key) {
        return key.length() - 1 - Math.max(key.lastIndexOf('.'), key.lastIndexOf('_'));
    }

    private static String variable(String key) {
        return PREFIX + key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
