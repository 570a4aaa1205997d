package dev.quantgate.worker.torch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quantgate.worker.torch.model.InvalidModelException;
import dev.quantgate.worker.torch.model.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out how a model's own files want its states pooled. */
final class PoolingReader {

    private static final String FILE = "1_Pooling/config.json";
    private static final JsonMapper JSON = new JsonMapper();

    private PoolingReader() {}

    /** The pooling of a sentence model's files, or the mean where they say nothing. */
    static Pooling read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Pooling.MEAN;
        }
        try {
            JsonNode settings = JSON.readTree(Files.readAllBytes(file));
            return settings.path("pooling_mode_cls_token").asBoolean(false) ? Pooling.CLS : Pooling.MEAN;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new InvalidModelException(FILE + ": not valid JSON", e);
        }
    }
}
