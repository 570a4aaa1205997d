package dev.quantgate.worker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "smollm2-135m-instruct",
                "0.5b_v1",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void modelNamesAreAccepted(String name) {
        assertThat(ModelRef.of(name).model()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "A",
                ".a",
                "-a",
                "a/b",
                "a..b",
                "..",
                "a b",
                "a\n",
                "ä",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void otherModelNamesAreRefusedByField(String name) {
        var failure = WorkerFailure.find(catchThrowable(() -> ModelRef.of(name)));

        assertThat(failure).map(WorkerFailure::kind).contains(FailureKind.INVALID_REQUEST);
        assertThat(failure).map(WorkerFailure::field).contains("model");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../x", "a/b", "a..b", "Q4 K"})
    void badVariantNamesAreRefusedByField(String name) {
        var failure = WorkerFailure.find(catchThrowable(() -> ModelRef.of("smol", name)));

        assertThat(failure).map(WorkerFailure::field).contains("variant");
    }

    @Test
    void aHugeNameIsNotRepeatedWhole() {
        var failure = WorkerFailure.find(catchThrowable(() -> ModelRef.of("x".repeat(100_000))));

        assertThat(failure.orElseThrow().message()).hasSizeLessThan(300);
    }

    @Test
    void aRelativeImportPathIsRefused() {
        var failure =
                WorkerFailure.find(catchThrowable(() -> new ImportRequest("smol", Path.of("a.gguf"), "", "", "")));

        assertThat(failure).map(WorkerFailure::field).contains("source_uri");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "ä", "12345678901234567890123456789012345678901234567890123456789012345"})
    void badIdempotencyKeysAreRefused(String key) {
        var failure = WorkerFailure.find(
                catchThrowable(() -> new QuantizeRequest("smol", "Q8_0", key, false, Optional.empty(), false)));

        assertThat(failure).map(WorkerFailure::field).contains("request_id");
    }

    @Test
    void anEmptyQuantizationTypeTakesTheDefault() {
        assertThat(new QuantizeRequest("smol", "", "", false, Optional.empty(), false).type())
                .isEmpty();
    }
}
