#include "quantgate.h"
#include "log_state.h"

#include "log.h"

#include <jni.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr size_t MAX_LINE_BYTES    = 16 * 1024;
constexpr size_t MAX_CAPTURE_BYTES = 64 * 1024;

JavaVM *                 java_vm = nullptr;
std::atomic<qg_log_sink> log_sink{nullptr};
std::atomic<int32_t>     log_min_level{GGML_LOG_LEVEL_INFO};

struct thread_log {
    std::string               line;
    ggml_log_level            line_level = GGML_LOG_LEVEL_NONE;
    bool                      capturing  = false;
    std::string               captured;
    quantgate::log_listener * listener = nullptr;
    bool                      holding  = false;
    std::vector<std::pair<ggml_log_level, std::string>> held;
};

thread_local thread_log  this_log;
thread_local std::string text_result;

bool is_java_thread() {
    void * env = nullptr;
    return java_vm != nullptr && java_vm->GetEnv(&env, JNI_VERSION_1_8) == JNI_OK;
}

// An adapter's matrices never go where the weights are repacked, and llama.cpp warns of each of them.
bool is_noise(const std::string & line) {
    return line.find(": lora for '") != std::string::npos && line.find("' cannot use buft '") != std::string::npos;
}

void send(ggml_log_level level, const std::string & line) {
    const qg_log_sink sink = log_sink.load(std::memory_order_relaxed);
    if (sink != nullptr && level >= log_min_level.load(std::memory_order_relaxed)) {
        sink(level, line.c_str());
    }
}

void end_line(thread_log & log) {
    while (!log.line.empty() && (log.line.back() == '\n' || log.line.back() == '\r')) {
        log.line.pop_back();
    }
    // Taken out first: the sink may log again, or throw.
    const std::string    line  = std::move(log.line);
    const ggml_log_level level = log.line_level;
    log.line.clear();
    if (line.empty() || is_noise(line)) {
        return;
    }
    if (log.capturing && level >= GGML_LOG_LEVEL_WARN && log.captured.size() < MAX_CAPTURE_BYTES) {
        log.captured.append(line).push_back('\n');
    }
    if (log.holding) {
        log.held.emplace_back(level, line);
    } else {
        send(level, line);
    }
}

// llama.cpp prints a line in several calls; a line ends with a line feed, whatever level its pieces carry.
void on_log(ggml_log_level level, const char * text, void * /*user_data*/) {
    thread_log & log = this_log;
    if (log.listener != nullptr) {
        log.listener->on_log(level, text);
    }
    for (const char * start = text; *start != '\0';) {
        if (log.line.empty()) {
            log.line_level = level == GGML_LOG_LEVEL_CONT ? GGML_LOG_LEVEL_INFO : level;
        } else if (level != GGML_LOG_LEVEL_CONT) {
            log.line_level = std::max(log.line_level, level);
        }
        const char * feed = strchr(start, '\n');
        if (feed == nullptr) {
            log.line.append(start);
            if (log.line.size() > MAX_LINE_BYTES) {
                end_line(log);
            }
            return;
        }
        log.line.append(start, feed);
        end_line(log);
        start = feed + 1;
    }
}

// Throwing is safe only where a JNI frame waits further up the stack to catch. A worker thread of ggml has none, so
// there the process must die as ggml intends.
void on_abort(const char * message) {
    if (!is_java_thread()) {
        return;
    }
    // The text begins with the place, "file:line: ", and the file with a path of the machine that built it.
    const char * end   = strstr(message, ": ");
    const char * start = message;
    for (const char * p = message; end != nullptr && p < end; ++p) {
        if (*p == '/') {
            start = p + 1;
        }
    }
    throw std::runtime_error(std::string("ggml_abort: ") + start);
}

} // namespace

namespace quantgate {

scoped_log_listener::scoped_log_listener(log_listener * listener) : previous(this_log.listener) {
    this_log.listener = listener;
}

scoped_log_listener::~scoped_log_listener() {
    this_log.listener = previous;
}

scoped_log_hold::scoped_log_hold() {
    this_log.holding = true;
}

scoped_log_hold::~scoped_log_hold() {
    this_log.holding = false;
    const auto held  = std::move(this_log.held);
    this_log.held.clear();
    for (const auto & [level, line] : held) {
        send(level, line);
    }
}

void drop_held_log() {
    this_log.held.clear();
}

int64_t keep_text(std::string text) {
    text_result = std::move(text);
    return static_cast<int64_t>(text_result.size());
}

} // namespace quantgate

extern "C" {

QUANTGATE_API jint JNI_OnLoad(JavaVM * vm, void * /*reserved*/) {
    java_vm = vm;
    return JNI_VERSION_1_8;
}

void qg_runtime_init(qg_log_sink sink, int32_t min_level) {
    log_sink      = sink;
    log_min_level = min_level;
    llama_log_set(on_log, nullptr);
    ggml_set_abort_callback(on_abort);
    // The chat code has a logger of its own that writes to the terminal from another thread.
    common_log_set_verbosity_thold(-1);
}

void qg_log_min_level(int32_t min_level) {
    log_min_level = min_level;
}

void qg_capture_begin(void) {
    this_log.captured.clear();
    this_log.capturing = true;
}

int64_t qg_capture_end(void) {
    this_log.capturing = false;
    return quantgate::keep_text(std::move(this_log.captured));
}

void qg_text(uint8_t * dst, int64_t size) {
    if (size != static_cast<int64_t>(text_result.size())) {
        throw std::logic_error("no text result of that size on this thread");
    }
    memcpy(dst, text_result.data(), text_result.size());
    text_result.clear();
}

void qg_fail_assertion(void) {
    GGML_ASSERT(false && "asked for");
}

} // extern "C"
