package dev.quantgate.worker.torch.model;

import java.util.Arrays;
import java.util.stream.Collectors;

/** An architecture this worker serves. */
public enum EncoderFamily {
    BERT("bert", "bert."),
    ROBERTA("roberta", "roberta."),
    XLM_ROBERTA("xlm-roberta", "roberta."),
    DISTILBERT("distilbert", "distilbert.");

    private final String modelType;
    private final String prefix;

    EncoderFamily(String modelType, String prefix) {
        this.modelType = modelType;
        this.prefix = prefix;
    }

    /** The {@code model_type} of config.json. */
    public String modelType() {
        return modelType;
    }

    /** What precedes the names of encoder tensors in a checkpoint with a head. */
    String prefix() {
        return prefix;
    }

    /** Whether positions are counted from the padding id on, as fairseq's models do. */
    boolean positionsFollowPadding() {
        return switch (this) {
            case ROBERTA, XLM_ROBERTA -> true;
            case BERT, DISTILBERT -> false;
        };
    }

    /**
     * Finds a family by its {@code model_type}.
     *
     * @throws InvalidModelException when this worker does not serve it
     */
    public static EncoderFamily of(String modelType) {
        for (EncoderFamily family : values()) {
            if (family.modelType.equals(modelType)) {
                return family;
            }
        }
        String known = Arrays.stream(values()).map(EncoderFamily::modelType).collect(Collectors.joining(", "));
        throw new InvalidModelException("config.json: model_type '" + modelType + "' (expected: one of " + known + ")");
    }
}
