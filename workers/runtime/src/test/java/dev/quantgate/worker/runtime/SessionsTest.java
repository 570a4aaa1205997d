package dev.quantgate.worker.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.FailureKind;
import dev.quantgate.worker.api.LoadSettings;
import dev.quantgate.worker.api.ModelRef;
import dev.quantgate.worker.api.SessionRecord;
import dev.quantgate.worker.api.SessionRef;
import dev.quantgate.worker.testing.Await;
import dev.quantgate.worker.testing.TestWorker;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SessionsTest {
    private static final CallContext CONTEXT = CallContext.of("r");

    @TempDir
    private Path root;

    private TestWorker test;

    @BeforeEach
    void importModel() throws Exception {
        test = new TestWorker(root);
        test.importModel("m", "F16");
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void whatTheModelSavedIsListedAndDeleted() throws Exception {
        assertThat(Await.result(test.worker.listSessions("m", CONTEXT))).isEmpty();
        Await.result(test.worker.loadModel(ModelRef.of("m"), LoadSettings.DEFAULT, CONTEXT));
        var place = test.backend.sessions.orElseThrow();
        Files.createDirectories(place.folder());
        Files.writeString(place.file("b"), "12345");
        Files.writeString(place.file("a"), "1");
        Files.writeString(place.folder().resolve(".a.session.1.tmp"), "unfinished");

        assertThat(Await.result(test.worker.listSessions("m", CONTEXT)))
                .extracting(SessionRecord::name, SessionRecord::sizeBytes)
                .containsExactly(tuple("a", 1L), tuple("b", 5L));
        Await.result(test.worker.deleteSession(new SessionRef("m", "a"), CONTEXT));

        assertThat(Await.result(test.worker.listSessions("m", CONTEXT)))
                .extracting(SessionRecord::name)
                .containsExactly("b");
        assertThat(Await.failure(test.worker.deleteSession(new SessionRef("m", "a"), CONTEXT))
                        .kind())
                .isEqualTo(FailureKind.SESSION_NOT_FOUND);
        assertThat(Await.failure(test.worker.listSessions("other", CONTEXT)).kind())
                .isEqualTo(FailureKind.MODEL_NOT_FOUND);
    }

    @Test
    void aSessionBelongsToTheVariantThatIsLoaded() throws Exception {
        Await.result(test.worker.loadModel(ModelRef.of("m"), LoadSettings.DEFAULT, CONTEXT));

        var model = Await.result(test.worker.getModel("m", CONTEXT));
        assertThat(test.backend.sessions.orElseThrow().modelSha256())
                .isEqualTo(model.variants().get(0).sha256());
    }
}
