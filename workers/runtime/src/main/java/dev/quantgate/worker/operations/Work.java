package dev.quantgate.worker.operations;

import dev.quantgate.worker.api.ImportRequest;
import dev.quantgate.worker.api.Names;
import dev.quantgate.worker.api.OperationKind;
import dev.quantgate.worker.api.QuantizeRequest;

/** What an operation has to do; everything that another process needs to finish it. */
sealed interface Work {
    /** Name of the backend that can do it. */
    String backend();

    String model();

    /** Name of the variant it makes. */
    String variant();

    OperationKind kind();

    /** Equal for calls that want the same result: they join one operation. */
    String key();

    /** Copies a model into the store. */
    record Importing(String backend, ImportRequest request) implements Work {
        @Override
        public String model() {
            return request.model();
        }

        @Override
        public String variant() {
            return Names.SOURCE_VARIANT;
        }

        @Override
        public OperationKind kind() {
            return OperationKind.IMPORT;
        }

        @Override
        public String key() {
            return "import " + request.model() + " " + request.source();
        }
    }

    /**
     * Makes a quantised variant; {@code request.type()} is the exact name of the type.
     *
     * @param sourceDigest of the source variant when it was asked for
     */
    record Quantizing(String backend, QuantizeRequest request, String sourceDigest) implements Work {
        @Override
        public String model() {
            return request.model();
        }

        @Override
        public String variant() {
            return request.type();
        }

        @Override
        public OperationKind kind() {
            return OperationKind.QUANTIZE;
        }

        @Override
        public String key() {
            return "quantize " + request.model() + " " + sourceDigest + " " + request.type();
        }

        /** The same, and the variant becomes the default. */
        Quantizing makingDefault() {
            return new Quantizing(
                    backend,
                    new QuantizeRequest(
                            request.model(),
                            request.type(),
                            request.requestId(),
                            request.allowRequantize(),
                            request.importanceMatrix(),
                            true),
                    sourceDigest);
        }
    }
}
