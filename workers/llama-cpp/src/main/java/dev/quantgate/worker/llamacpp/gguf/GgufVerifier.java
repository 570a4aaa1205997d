package dev.quantgate.worker.llamacpp.gguf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides whether a file may be handed to llama.cpp. Native code trusts much of what a model file says and aborts the
 * process, or worse, where that is wrong; every such place that is known is checked here first.
 *
 * <p>Memory stays within a few times the length of the metadata; tensor data is not read.
 */
public final class GgufVerifier {
    private static final int MAX_ARCHITECTURE_LENGTH = 64;

    private GgufVerifier() {}

    /** Verifies with {@link Limits#DEFAULT}. */
    public static GgufInfo verify(Path path) throws IOException {
        return verify(path, Limits.DEFAULT);
    }

    /**
     * Verifies a model file.
     *
     * @throws GgufFormatException when it is not a sound model of one file, or exceeds a limit
     * @throws IOException when it cannot be read
     */
    public static GgufInfo verify(Path path, Limits limits) throws IOException {
        try (ByteSource source = FileByteSource.open(path)) {
            return verify(source, limits);
        }
    }

    static GgufInfo verify(ByteSource source, Limits limits) throws IOException {
        GgufFile file = GgufFile.read(source, limits);
        Metadata metadata = new Metadata(file.metadata());
        requireWholeModel(file, metadata);
        String architecture = architecture(metadata);
        Optional<Architecture> known = Architecture.named(architecture);
        WindowReader reader = new WindowReader(source);
        List<String> warnings = new ArrayList<>();
        HyperParameters parameters =
                new HyperParameterReader(metadata, new ArrayReader(reader), limits, architecture, known).read();
        Vocabulary vocabulary = new VocabularyReader(metadata, reader, limits, warnings).read(architecture);
        if (known.isPresent()) {
            new ModelTensors(known.get(), parameters, new TensorShapes(file.tensors())).check(vocabulary.tokenCount());
        }
        return new GgufInfo(file, parameters, vocabulary, warnings);
    }

    private static void requireWholeModel(GgufFile file, Metadata metadata) throws GgufFormatException {
        String type = metadata.text("general.type").orElse("model");
        if (!type.equals("model")) {
            throw new GgufFormatException("general.type", type, "model");
        }
        OptionalLong parts = metadata.whole("split.count", GgufValueType.UINT16, 0, 0xffff);
        if (parts.orElse(0) > 1) {
            throw new GgufFormatException(
                    "split.count", parts.getAsLong(), "1; join the parts of the model into one file first");
        }
        if (file.tensors().isEmpty()) {
            throw new GgufFormatException("header.tensor_count", 0, "at least one tensor");
        }
        metadata.whole("general.file_type", 0, 0xffff_ffffL);
    }

    private static String architecture(Metadata metadata) throws GgufFormatException {
        Optional<String> architecture = metadata.text("general.architecture");
        if (architecture.isEmpty()) {
            throw Metadata.missing("general.architecture", "the name of a model family");
        }
        if (!isName(architecture.get())) {
            throw new GgufFormatException(
                    "general.architecture",
                    architecture.get(),
                    "1 to " + MAX_ARCHITECTURE_LENGTH + " printable characters");
        }
        return architecture.get();
    }

    private static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= MAX_ARCHITECTURE_LENGTH;
    }
}
