package dev.quantgate.worker.llamacpp;

/** Where the sequences of a model keep their keys and values. */
enum KvLayout {
    /** Separate where that is faster and fits, else shared. */
    AUTO,
    /** In one pool: shared prefixes are there once, and attention walks over the cells of all. */
    SHARED,
    /** Each for itself, with room for a whole context: attention walks over its own cells, and prefixes are copied. */
    SEPARATE
}
