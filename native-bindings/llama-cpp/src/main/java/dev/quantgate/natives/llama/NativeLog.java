package dev.quantgate.natives.llama;

import static dev.quantgate.natives.llama.bindings.global.llama.GGML_LOG_LEVEL_DEBUG;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_LOG_LEVEL_ERROR;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_LOG_LEVEL_INFO;
import static dev.quantgate.natives.llama.bindings.global.llama.GGML_LOG_LEVEL_WARN;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_capture_begin;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_capture_end;
import static dev.quantgate.natives.llama.bindings.global.llama.qg_runtime_init;

import dev.quantgate.natives.llama.bindings.qg_log_sink;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The way of llama.cpp's log lines to SLF4J, where they appear under the name {@code llama.cpp}. */
final class NativeLog {
    /** Name of the logger: these lines are not ours, and users look for them under the name they know. */
    static final String LOGGER_NAME = "llama.cpp";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER_NAME);

    // Native code keeps a pointer to it, so it must never be collected.
    private static final qg_log_sink SINK = new Sink();

    private NativeLog() {}

    /** Starts routing; lines below the logger's level at this moment never leave native code. */
    static void install() {
        qg_runtime_init(SINK, minLevel());
    }

    /** Starts to collect the warnings and errors that llama.cpp logs on this thread. */
    static void beginCapture() {
        qg_capture_begin();
    }

    /** Ends collecting and returns the lines, or an empty string. */
    static String endCapture() {
        return NativeText.take(qg_capture_end()).strip();
    }

    private static int minLevel() {
        if (LOG.isDebugEnabled()) {
            return GGML_LOG_LEVEL_DEBUG;
        }
        if (LOG.isInfoEnabled()) {
            return GGML_LOG_LEVEL_INFO;
        }
        return LOG.isWarnEnabled() ? GGML_LOG_LEVEL_WARN : GGML_LOG_LEVEL_ERROR;
    }

    private static Level toLevel(int nativeLevel) {
        if (nativeLevel >= GGML_LOG_LEVEL_ERROR) {
            return Level.ERROR;
        }
        if (nativeLevel == GGML_LOG_LEVEL_WARN) {
            return Level.WARN;
        }
        return nativeLevel == GGML_LOG_LEVEL_DEBUG ? Level.DEBUG : Level.INFO;
    }

    private static final class Sink extends qg_log_sink {
        @Override
        public void call(int level, BytePointer line) {
            LOG.atLevel(toLevel(level)).log(line.getString(StandardCharsets.UTF_8));
        }
    }
}
