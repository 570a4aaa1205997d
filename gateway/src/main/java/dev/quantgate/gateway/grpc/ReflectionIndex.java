package dev.quantgate.gateway.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Every file, symbol and extension of the served services and of all they import. */
final class ReflectionIndex {
    private final Map<String, FileDescriptor> files = new HashMap<>();
    private final Map<String, FileDescriptor> symbols = new HashMap<>();
    private final Map<String, TreeMap<Integer, FileDescriptor>> extensions = new HashMap<>();

    ReflectionIndex(List<FileDescriptor> roots) {
        roots.forEach(this::add);
    }

    Optional<FileDescriptor> byName(String name) {
        return Optional.ofNullable(files.get(name));
    }

    Optional<FileDescriptor> bySymbol(String symbol) {
        return Optional.ofNullable(symbols.get(symbol));
    }

    Optional<FileDescriptor> byExtension(String type, int number) {
        return Optional.ofNullable(extensions.get(type)).flatMap(byNumber -> Optional.ofNullable(byNumber.get(number)));
    }

    /** Numbers of the type's extensions; empty if the type is unknown. */
    Optional<Set<Integer>> extensionsOf(String type) {
        if (!symbols.containsKey(type)) {
            return Optional.empty();
        }
        return Optional.of(extensions.getOrDefault(type, new TreeMap<>()).keySet());
    }

    /** The file with all it imports, itself first. */
    List<FileDescriptor> withImports(FileDescriptor file) {
        var found = new LinkedHashSet<FileDescriptor>();
        collect(file, found);
        return new ArrayList<>(found);
    }

    private static void collect(FileDescriptor file, Set<FileDescriptor> found) {
        if (found.add(file)) {
            file.getDependencies().forEach(imported -> collect(imported, found));
        }
    }

    private void add(FileDescriptor file) {
        if (files.putIfAbsent(file.getName(), file) != null) {
            return;
        }
        file.getDependencies().forEach(this::add);
        file.getServices().forEach(service -> {
            symbol(service);
            service.getMethods().forEach(this::symbol);
        });
        file.getEnumTypes().forEach(this::symbol);
        file.getExtensions().forEach(this::extension);
        file.getMessageTypes().forEach(this::message);
    }

    private void message(Descriptor message) {
        symbol(message);
        message.getFields().forEach(this::symbol);
        message.getOneofs().forEach(this::symbol);
        message.getEnumTypes().forEach(this::symbol);
        message.getExtensions().forEach(this::extension);
        message.getNestedTypes().forEach(this::message);
    }

    private void extension(FieldDescriptor extension) {
        symbol(extension);
        extensions
                .computeIfAbsent(extension.getContainingType().getFullName(), type -> new TreeMap<>())
                .put(extension.getNumber(), extension.getFile());
    }

    private void symbol(GenericDescriptor named) {
        symbols.putIfAbsent(named.getFullName(), named.getFile());
    }
}
