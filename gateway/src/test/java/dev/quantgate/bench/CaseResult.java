package dev.quantgate.bench;

/**
 * One line of a report: a figure of ours beside a peer's.
 *
 * @param name name of the case
 * @param unit unit of both figures
 * @param better which way the figures get better
 * @param ours median over the rounds
 * @param peer median over the rounds
 * @param peerName who the peer is
 * @param ratio median of the rounds' ratios, above 1 when ours is better
 */
public record CaseResult(
        String name, String unit, Better better, double ours, double peer, String peerName, double ratio) {
    /** Compares readings of the same rounds. */
    public static CaseResult of(String name, Metric metric, double[] ours, double[] peer, String peerName) {
        if (ours.length != peer.length || ours.length == 0) {
            throw new IllegalArgumentException(
                    "rounds: " + ours.length + " and " + peer.length + " (expected: the same number, at least 1)");
        }
        var ratios = new double[ours.length];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = metric.ratio(ours[round], peer[round]);
        }
        return new CaseResult(
                name,
                metric.unit(),
                metric.better(),
                Statistics.median(ours),
                Statistics.median(peer),
                peerName,
                Statistics.median(ratios));
    }
}
