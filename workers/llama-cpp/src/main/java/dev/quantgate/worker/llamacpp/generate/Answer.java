package dev.quantgate.worker.llamacpp.generate;

import dev.quantgate.worker.api.inference.ToolCall;
import java.util.List;

/** Reads generated text as an answer: text, thoughts and tool calls. One answer, one thread. */
interface Answer extends AutoCloseable {
    /** The text is the answer. */
    Answer PLAIN = new Plain();

    /**
     * A piece that may be sent.
     *
     * @param text of the answer
     * @param reasoning of the thinking part
     * @param toolCalls that are complete
     */
    record Piece(String text, String reasoning, List<ToolCall> toolCalls) {
        static final Piece NOTHING = new Piece("", "", List.of());

        boolean isEmpty() {
            return text.isEmpty() && reasoning.isEmpty() && toolCalls.isEmpty();
        }
    }

    /** Takes more text and returns what is certain. */
    Piece push(String text);

    /** Takes the end of the text; {@code whole} is false if it was cut off. */
    Piece finish(boolean whole);

    /** Whether the answer called a tool. */
    boolean calledTools();

    @Override
    void close();

    /** The text is the answer. */
    final class Plain implements Answer {
        private Plain() {}

        @Override
        public Piece push(String text) {
            return text.isEmpty() ? Piece.NOTHING : new Piece(text, "", List.of());
        }

        @Override
        public Piece finish(boolean whole) {
            return Piece.NOTHING;
        }

        @Override
        public boolean calledTools() {
            return false;
        }

        @Override
        public void close() {}
    }
}
