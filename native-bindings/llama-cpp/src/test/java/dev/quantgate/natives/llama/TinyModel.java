package dev.quantgate.natives.llama;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The small model, written and opened once for all tests, and what tests often do with it. */
final class TinyModel {
    private static final Path FILE = write();
    private static final LlamaModel MODEL = LlamaModel.open(FILE, ModelOptions.defaults(), LoadProgress.NONE);

    private TinyModel() {}

    static Path file() {
        return FILE;
    }

    static LlamaModel shared() {
        return MODEL;
    }

    static LlamaContext context(int sequences) {
        return LlamaContext.create(
                MODEL,
                ContextOptions.builder()
                        .contextTokens(1024)
                        .batchTokens(256)
                        .maxSequences(sequences)
                        .build());
    }

    static int[] tokens(String text) {
        return MODEL.vocabulary().tokenize(text, true, false);
    }

    /** Puts a prompt at the start of a sequence; the row of its last token has logits. Returns that row. */
    static int prompt(LlamaBatch batch, int[] tokens, int sequence) {
        int row = -1;
        for (int i = 0; i < tokens.length; i++) {
            row = batch.add(tokens[i], i, sequence, i == tokens.length - 1);
        }
        return row;
    }

    /** Generates so many tokens after a prompt, alone in a fresh context. */
    static List<Integer> generate(String prompt, SamplingSpec spec, int count) {
        try (LlamaContext context = context(1);
                RowSampler sampler = RowSampler.create(MODEL.vocabulary(), spec)) {
            LlamaBatch batch = new LlamaBatch(256);
            SampleBatch samples = new SampleBatch(1);
            int[] tokens = tokens(prompt);
            int row = prompt(batch, tokens, 0);
            List<Integer> result = new ArrayList<>();
            for (int position = tokens.length; result.size() < count; position++) {
                if (context.decode(batch) != DecodeStatus.OK) {
                    throw new IllegalStateException("decode failed");
                }
                samples.clear();
                samples.add(row, sampler);
                samples.run(context);
                result.add(samples.token(0));
                batch.clear();
                row = batch.add(samples.token(0), position, 0, true);
            }
            return result;
        }
    }

    private static Path write() {
        try {
            Path file = Files.createTempFile("tiny", ".gguf");
            file.toFile().deleteOnExit();
            TinyGguf.small().writeTo(file);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
