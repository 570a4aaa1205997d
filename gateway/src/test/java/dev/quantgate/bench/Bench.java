package dev.quantgate.bench;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Where things are, and how much is to be measured.
 *
 * @param root the project
 * @param model GGUF file to measure with
 * @param peers folder of llama.cpp's programs
 * @param encoders folder of encoder models and, for the peer in Python, its virtual environment
 * @param out folder for reports, logs and stores
 * @param threads native threads of each contender
 * @param rounds measured rounds of each contest
 * @param against which peers to measure, by name
 * @param quick whether workloads are cut down to see that everything runs
 */
public record Bench(
        Path root,
        Path model,
        Path peers,
        Path encoders,
        Path out,
        int threads,
        int rounds,
        Pattern against,
        boolean quick) {
    /** The launcher that users start. */
    public Path launcher() {
        return root.resolve("scripts/quantgate");
    }

    /** One of llama.cpp's programs. */
    public Path peer(String name) {
        return peers.resolve(name);
    }

    /** Whether a peer is to be measured. */
    public boolean isAgainst(String name) {
        return against.matcher(name).matches();
    }

    /** A file for the output of a process. */
    public Path log(String name) {
        return out.resolve("logs").resolve(name + ".log");
    }

    /** The folder of a store. */
    public Path home(String name) {
        return out.resolve("home").resolve(name);
    }
}
