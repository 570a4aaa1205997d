package dev.quantgate.worker.torch.quantize;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The files of a model folder besides its weights. */
final class ModelFiles {

    private static final List<String> NAMES = List.of(
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "vocab.txt",
            "vocab.json",
            "merges.txt",
            "modules.json",
            "sentence_bert_config.json",
            "1_Pooling/config.json");

    private ModelFiles() {}

    /** Copies those that are there and forces them to disk. */
    static void copy(Path source, Path target) throws IOException {
        for (String name : NAMES) {
            Path from = source.resolve(name);
            if (Files.isRegularFile(from)) {
                Path to = target.resolve(name);
                Path folder = to.getParent();
                if (folder != null) {
                    Files.createDirectories(folder);
                }
                Files.copy(from, to);
                try (FileChannel channel = FileChannel.open(to, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }
}
