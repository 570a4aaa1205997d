package dev.quantgate.worker.torch.model;

/** How the states of an input's tokens become one vector. */
public enum Pooling {
    /** The first token's state. */
    CLS,
    /** The mean over all tokens. */
    MEAN
}
