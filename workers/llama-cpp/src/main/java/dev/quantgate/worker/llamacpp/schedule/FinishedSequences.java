package dev.quantgate.worker.llamacpp.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finished sequences of a KV cache whose cells are kept for others to start from. */
final class FinishedSequences implements Iterable<KvSequence> {
    private final List<KvSequence> sequences = new ArrayList<>();

    void add(KvSequence sequence) {
        sequences.add(sequence);
    }

    void remove(KvSequence sequence) {
        sequences.remove(sequence);
    }

    boolean contains(KvSequence sequence) {
        return sequences.contains(sequence);
    }

    boolean isEmpty() {
        return sequences.isEmpty();
    }

    int size() {
        return sequences.size();
    }

    void clear() {
        sequences.clear();
    }

    /** One that holds every token of another sequence. */
    Optional<KvSequence> covering(KvSequence other) {
        return sequences.stream()
                .filter(sequence -> sequence.matches(other.tokens()) == other.computed())
                .findFirst();
    }

    /** Takes out those whose every token another sequence holds, the newest first. */
    List<KvSequence> takeCoveredBy(KvSequence other) {
        var covered = new ArrayList<KvSequence>();
        for (var sequence : sequences) {
            if (sequence.matches(other.tokens()) == sequence.computed()) {
                covered.add(sequence);
            }
        }
        sequences.removeAll(covered);
        Collections.reverse(covered);
        return covered;
    }

    /** Takes out the one whose last use is longest ago, but never {@code keep}. */
    Optional<KvSequence> takeOldest(@Nullable KvSequence keep) {
        var oldest = sequences.stream()
                .filter(sequence -> sequence != keep)
                .min(Comparator.comparingLong(KvSequence::lastUsed));
        oldest.ifPresent(sequences::remove);
        return oldest;
    }

    @Override
    public Iterator<KvSequence> iterator() {
        return sequences.iterator();
    }
}
