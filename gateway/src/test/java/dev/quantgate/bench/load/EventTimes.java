package dev.quantgate.bench.load;

import java.util.Arrays;

/** Times of events in the order in which they came; grows. One thread writes, and it is read after the last event. */
public final class EventTimes {
    private long[] nanos = new long[128];
    private int count;

    /** Adds an event that comes now. */
    public void now() {
        add(System.nanoTime());
    }

    void add(long nanoTime) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = nanoTime;
    }

    /** How many there are. */
    public int count() {
        return count;
    }

    long at(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("index: " + index + " (expected: 0 to " + (count - 1) + ")");
        }
        return nanos[index];
    }
}
