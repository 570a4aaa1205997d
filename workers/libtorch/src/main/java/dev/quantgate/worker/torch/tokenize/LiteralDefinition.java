package dev.quantgate.worker.torch.tokenize;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quantgate.worker.torch.model.InvalidModelException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;

/** A tokenizer definition in which the names of special tokens are text like any other. */
final class LiteralDefinition {

    // No normaliser lets the null character through, so that no text can match a piece with it.
    private static final String UNREACHABLE = "\u0000special-";
    private static final JsonMapper JSON = new JsonMapper();

    private LiteralDefinition() {}

    /** Takes the special tokens out of a {@code tokenizer.json}; those around a text go by their ids and stay. */
    static String of(String definition) {
        JsonNode root = parse(definition);
        if (root.path("added_tokens") instanceof ArrayNode added) {
            hidePieces(root.path("model"), takeSpecial(added));
        }
        return root.toString();
    }

    /** Ids of the special tokens of a {@code tokenizer.json}. */
    static Set<Long> specialIds(String definition) {
        Set<Long> ids = new HashSet<>();
        for (JsonNode token : parse(definition).path("added_tokens")) {
            if (token.path("special").asBoolean()) {
                ids.add(token.path("id").asLong());
            }
        }
        return ids;
    }

    private static JsonNode parse(String definition) {
        try {
            return JSON.readTree(definition);
        } catch (JsonProcessingException e) {
            throw new InvalidModelException("tokenizer: not valid JSON", e);
        }
    }

    private static Set<String> takeSpecial(ArrayNode added) {
        Set<String> names = new HashSet<>();
        for (Iterator<JsonNode> tokens = added.iterator(); tokens.hasNext(); ) {
            JsonNode token = tokens.next();
            if (token.path("special").asBoolean()) {
                names.add(token.path("content").asText());
                tokens.remove();
            }
        }
        return names;
    }

    /** A unigram model would find the names among its pieces again; their places have to stay, as ids count them. */
    private static void hidePieces(JsonNode model, Set<String> names) {
        if (!(model instanceof ObjectNode) || !(model.path("vocab") instanceof ArrayNode pieces)) {
            return;
        }
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id) instanceof ArrayNode piece
                    && names.contains(piece.path(0).asText())) {
                piece.set(0, UNREACHABLE + id);
            }
        }
    }
}
