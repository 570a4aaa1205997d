package dev.quantgate.worker.api.inference;

import java.util.List;

/** The answer to a {@link TextTask}; results stand in the order of the inputs. */
public sealed interface TextResult {

    /** Vectors, with the tokens of all texts together. */
    record Embedded(List<Vector> vectors, int promptTokens) implements TextResult {
        public Embedded {
            vectors = List.copyOf(vectors);
        }
    }

    /** One vector, [embedding_length] float32, owned by the receiver; {@code windows} is 1 unless the text was long. */
    @SuppressWarnings("ArrayRecordComponent") // Identity is enough: vectors are compared by nobody.
    record Vector(float[] values, int tokens, boolean truncated, int windows) {
        public Vector(float[] values, int tokens, boolean truncated) {
            this(values, tokens, truncated, 1);
        }
    }

    /** Labels or entities. */
    record Classified(List<Classification> results) implements TextResult {
        public Classified {
            results = List.copyOf(results);
        }
    }

    /** The result of one text: labels by falling score, or entities in text order; {@code windows} as in a vector. */
    record Classification(List<LabelScore> labels, List<Entity> entities, int tokens, boolean truncated, int windows) {
        public Classification(List<LabelScore> labels, List<Entity> entities, int tokens, boolean truncated) {
            this(labels, entities, tokens, truncated, 1);
        }

        public Classification {
            labels = List.copyOf(labels);
            entities = List.copyOf(entities);
        }
    }

    /** A label with its probability, 0 to 1. */
    record LabelScore(String label, float score) {}

    /** A run of tokens with one label; {@code start} and {@code end} count code points. */
    record Entity(String label, float score, int start, int end, String text) {}

    /** Candidates for masks: one list for each text, in it one list for each mask. */
    record Filled(List<List<List<MaskCandidate>>> results) implements TextResult {
        public Filled {
            results = List.copyOf(results);
        }
    }

    /** A token that may stand at a mask. */
    record MaskCandidate(int token, String text, float score, String sequence) {}

    /** Tokens with their texts. */
    record Tokenized(List<Integer> tokens, List<String> texts) implements TextResult {
        public Tokenized {
            tokens = List.copyOf(tokens);
            texts = List.copyOf(texts);
        }
    }

    /** A text; bytes that are not valid UTF-8 are replaced. */
    record Detokenized(String text) implements TextResult {}
}
