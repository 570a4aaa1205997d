package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_init_grammar;
import static dev.quantgate.natives.llama.bindings.global.llama.llama_sampler_init_grammar_lazy_patterns;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_grammar_check;

import dev.quantgate.natives.llama.bindings.llama_sampler;
import dev.quantgate.natives.llama.bindings.llama_vocab;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** Makes llama.cpp's grammar samplers and explains the grammars it refuses. */
final class GrammarSamplers {
    private GrammarSamplers() {}

    /** Returns a sampler that the caller owns. */
    static llama_sampler create(Vocabulary vocabulary, GrammarSpec spec) {
        return vocabulary.use(vocab -> {
            check(vocab, spec);
            NativeLog.beginCapture();
            llama_sampler sampler;
            String log;
            try {
                sampler = init(vocab, spec);
            } catch (RuntimeException e) {
                throw refused(String.valueOf(e.getMessage()), e);
            } finally {
                log = NativeLog.endCapture();
            }
            if (sampler == null) {
                throw refused(log, null);
            }
            return sampler;
        });
    }

    private static void check(llama_vocab vocab, GrammarSpec spec) {
        byte[] utf8 = spec.text().getBytes(StandardCharsets.UTF_8);
        try {
            qg_grammar_check(vocab, utf8, utf8.length, spec.root());
        } catch (RuntimeException e) {
            throw refused(String.valueOf(e.getMessage()), e);
        }
    }

    private static @Nullable llama_sampler init(llama_vocab vocab, GrammarSpec spec) {
        if (!spec.lazy()) {
            return llama_sampler_init_grammar(vocab, spec.text(), spec.root());
        }
        List<String> patterns = spec.triggerPatterns();
        List<Integer> tokens = spec.triggerTokens();
        try (BytePointer text = new BytePointer(spec.text(), StandardCharsets.UTF_8);
                BytePointer root = new BytePointer(spec.root(), StandardCharsets.UTF_8);
                PointerPointer<BytePointer> patternPointers = new PointerPointer<>(Math.max(1, patterns.size()));
                IntPointer tokenPointer = new IntPointer(Math.max(1, tokens.size()))) {
            BytePointer[] kept = new BytePointer[patterns.size()];
            for (int i = 0; i < kept.length; i++) {
                kept[i] = new BytePointer(patterns.get(i), StandardCharsets.UTF_8);
                patternPointers.put(i, kept[i]);
            }
            for (int i = 0; i < tokens.size(); i++) {
                tokenPointer.put(i, tokens.get(i));
            }
            try {
                return llama_sampler_init_grammar_lazy_patterns(
                        vocab, text, root, patternPointers, kept.length, tokenPointer, tokens.size());
            } finally {
                for (BytePointer pattern : kept) {
                    pattern.close();
                }
            }
        }
    }

    private static IllegalArgumentException refused(String reason, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "grammar: " + reason + " (expected: a grammar that llama.cpp accepts)", cause);
    }
}
