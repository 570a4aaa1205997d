package dev.quantgate.worker.torch.model;

/** What a checkpoint computes from the encoder's states. */
public enum HeadKind {
    /** One score per label for a text or a pair. */
    SEQUENCE_CLASSIFICATION("ForSequenceClassification"),
    /** One score per label for every token. */
    TOKEN_CLASSIFICATION("ForTokenClassification"),
    /** One score per vocabulary entry for masked tokens. */
    MASKED_LM("ForMaskedLM"),
    /** The states themselves, pooled to one vector. */
    FEATURES("Model");

    private final String architectureSuffix;

    HeadKind(String architectureSuffix) {
        this.architectureSuffix = architectureSuffix;
    }

    /**
     * Finds the head by the class name that config.json keeps, such as {@code BertForMaskedLM}.
     *
     * @throws InvalidModelException for any other class
     */
    static HeadKind ofArchitecture(String architecture) {
        for (HeadKind kind : values()) {
            if (architecture.endsWith(kind.architectureSuffix)) {
                return kind;
            }
        }
        throw new InvalidModelException("config.json: architecture '" + architecture
                + "' (expected: a sequence classifier, token classifier, masked language model or plain encoder)");
    }
}
