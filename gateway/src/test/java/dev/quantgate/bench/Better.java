package dev.quantgate.bench;

/** Which way a figure gets better. */
public enum Better {
    HIGHER,
    LOWER;

    /** How many times better ours is than the peer's: above 1 when ours is better. */
    public double ratio(double ours, double peer) {
        return switch (this) {
            case HIGHER -> ours / peer;
            case LOWER -> peer / ours;
        };
    }
}
