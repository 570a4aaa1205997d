package dev.quantgate.natives.llama;

import java.nio.file.Path;

/** A program whose first contact with this package is the entry point named by its argument. */
final class FirstUse {
    private FirstUse() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "plan" -> Quantizer.plan(file, QuantizeOptions.of(QuantizationType.Q8_0, 1));
            case "quantize" ->
                Quantizer.quantize(
                        file,
                        Path.of(arguments[2]),
                        QuantizeOptions.of(QuantizationType.Q8_0, 1),
                        Quantizer.plan(file, QuantizeOptions.of(QuantizationType.Q8_0, 1)),
                        QuantizeListener.NONE,
                        new CancelFlag());
            case "open" ->
                LlamaModel.open(file, ModelOptions.defaults(), LoadProgress.NONE)
                        .close();
            case "schema" -> JsonSchemaGrammar.toGrammar("{}");
            case "parser" -> ChatParser.of("{\"format\":0}").close();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }
}
