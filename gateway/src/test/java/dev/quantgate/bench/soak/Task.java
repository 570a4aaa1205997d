package dev.quantgate.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A greedy continuation of fixed length.
 *
 * @param prompt what is continued
 * @param maxTokens tokens to generate; the end-of-sequence token does not end it
 */
record Task(String prompt, int maxTokens) {
    private static final int SHORTEST = 12;
    private static final int LONGEST = 96;
    private static final List<String> OPENINGS = List.of(
            "The sky is",
            "Once upon a time there was",
            "In the year 1905, Albert Einstein",
            "A recipe for bread:\n\n1.",
            "def fibonacci(n):\n",
            "Überraschung: 日本の首都は",
            "Dear Sir or Madam,\n\nI am writing to",
            "The three laws of thermodynamics are");
    private static final String PREFACE = "You are a careful assistant that answers in short sentences. "
            .repeat(8)
            .concat("\n\n");

    /** Tasks of many lengths, some of which share a long beginning. */
    static List<Task> some(int count, RandomGenerator random) {
        var tasks = new ArrayList<Task>();
        for (int i = 0; i < count; i++) {
            var opening = OPENINGS.get(i % OPENINGS.size());
            var preface = i % 3 == 0 ? PREFACE : "";
            var number = i < OPENINGS.size() ? "" : " (" + i + ")";
            tasks.add(new Task(preface + opening + number, random.nextInt(SHORTEST, LONGEST + 1)));
        }
        return List.copyOf(tasks);
    }
}
